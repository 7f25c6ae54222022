package pdf

// places are what a document can be entered at: anchors, which its links lead
// to, and the bookmarks beside it.
type places struct {
	anchors   map[string]int  // number of the link to each anchor that the document has
	set       map[string]bool // those already drawn
	bookmarks []bookmark
	entries   []entry // of the list of contents
}

type bookmark struct {
	title string
	level int
	page  int
	above float64 // the foot of its page
}

// expect makes the anchors known that will be drawn: a link to any other place
// would lead nowhere, and is none.
func (p *press) expect(ids []string) {
	p.places.anchors, p.places.set = map[string]int{}, map[string]bool{}
	for _, id := range ids {
		if _, known := p.places.anchors[id]; id != "" && !known {
			p.places.anchors[id] = p.file.AddLink()
		}
	}
}

// anchor is here. Of several with one name the first counts.
func (p *press) anchor(id string, y float64) {
	link, known := p.places.anchors[id]
	if !known || p.places.set[id] {
		return
	}
	p.places.set[id] = true
	p.file.SetLink(link, max(0, y-4), p.file.PageNo())
}

// link makes a box lead to an anchor, and tells whether there is one.
func (p *press) link(id string, x, y, w, h float64) bool {
	link, known := p.places.anchors[id]
	if known && w > 0 && h > 0 {
		p.file.Link(x, y, w, h, link)
	}
	return known
}

// bookmark is here.
func (p *press) bookmark(title string, level int, y float64) {
	p.bookmarkOn(p.file.PageNo(), title, level, p.h-y)
}

// bookmarkOn is on a page, so far above its foot. A second level takes a first
// one before it.
func (p *press) bookmarkOn(page int, title string, level int, above float64) {
	if len(p.places.bookmarks) == 0 {
		level = 0
	}
	p.places.bookmarks = append(p.places.bookmarks, bookmark{title, level, page, above + 4})
}

// bind hands the bookmarks to the file. It measures them on the newest page,
// whatever page they are on, so this comes last.
func (p *press) bind() {
	for _, b := range p.places.bookmarks {
		p.file.SetPage(b.page)
		p.file.Bookmark(b.title, b.level, p.h-b.above)
	}
	p.file.SetPage(p.file.PageCount()) // the library ends its file behind this page
}
