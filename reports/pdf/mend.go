package pdf

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
)

// mend puts right what fpdf writes otherwise than ISO 32000-1 has it.
func (f *file) mend() {
	f.dateInUTC()
	f.countBookmarks()
	f.ownLinks()
}

var localDate = regexp.MustCompile(`\((D:\d{14})\)`)

// dateInUTC adds the zone to dates, which are in UTC.
func (f *file) dateInUTC() {
	f.objects[f.info-1] = localDate.ReplaceAll(f.objects[f.info-1], []byte("(${1}+00'00')"))
}

var (
	bookmarkParent = regexp.MustCompile(`(?s)^\d+ 0 obj\n<</Title .*\n/Parent (\d+) 0 R\n`)
	noCount        = []byte("\n/Count 0>>\nendobj\n")
)

// countBookmarks says how many bookmarks are folded below each, which fpdf
// leaves at 0; where there are none nothing may be said (ISO 32000-1, 12.3.3).
func (f *file) countBookmarks() {
	below := map[int]int{}
	var all []int
	for i, o := range f.objects {
		if m := bookmarkParent.FindSubmatch(o); m != nil {
			below[number10(m[1])]++
			all = append(all, i)
		}
	}
	for _, i := range all {
		count := ""
		if n := below[i+1]; n > 0 {
			count = fmt.Sprintf("\n/Count -%d", n)
		}
		f.objects[i] = slices.Concat(bytes.TrimSuffix(f.objects[i], noCount), []byte(count+">>\nendobj\n"))
	}
}

var (
	pageLinks = regexp.MustCompile(`(?s)^\d+ 0 obj\n<</Type /Page\n.*\n(/Annots \[.*\]>>\])\n`)
	pageLink  = regexp.MustCompile(`<<(/Type /Annot /Subtype /Link [^<>]*)>>`)
)

// ownLinks makes each link an object of its own, as 7.7.3.3 has it, that is
// printed with its page.
func (f *file) ownLinks() {
	for i, o := range f.objects {
		m := pageLinks.FindSubmatch(o)
		if m == nil {
			continue
		}
		list := pageLink.ReplaceAllFunc(m[1], func(link []byte) []byte {
			body := pageLink.FindSubmatch(link)[1]
			return fmt.Appendf(nil, "%d 0 R ", f.add(slices.Concat([]byte("<<"), body, []byte(" /F 4>>"))))
		})
		f.objects[i] = bytes.Replace(o, m[1], list, 1)
	}
}
