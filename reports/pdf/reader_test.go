package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// read is a document taken apart again, without the code that made it.
type read struct {
	pages   []string       // streams, in order
	page    map[int]int    // number of a page by that of its object
	outline map[string]int // page of each bookmark
	aims    [][]int        // of each page: the pages that its links lead to
}

var (
	object    = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)endobj\n`)
	reference = regexp.MustCompile(`(\d+) 0 R`)
	annots    = regexp.MustCompile(`/Annots \[[^\]]*\]`)
	kids      = regexp.MustCompile(`/Kids \[([^\]]*)\]`)
	content   = regexp.MustCompile(`/Contents (\d+) 0 R`)
	aim       = regexp.MustCompile(`/Dest \[(\d+) 0 R`)
	shown     = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) Tj`)
	named     = regexp.MustCompile(`(?s)/Title \(((?:\\.|[^\\)])*)\)`)
)

func readPDF(t testing.TB, raw []byte) read {
	t.Helper()
	bodies := map[int]string{}
	order := []int(nil)
	for _, m := range object.FindAllSubmatch(raw, -1) {
		bodies[number10(m[1])] = string(m[2])
		order = append(order, number10(m[1]))
	}
	r := read{page: map[int]int{}, outline: map[string]int{}}
	for _, kid := range reference.FindAllStringSubmatch(kids.FindStringSubmatch(bodies[1])[1], -1) {
		n, _ := strconv.Atoi(kid[1])
		r.page[n] = len(r.page) + 1
		c, _ := strconv.Atoi(content.FindStringSubmatch(bodies[n])[1])
		r.pages = append(r.pages, inflate(t, bodies[c]))
	}
	r.aims = make([][]int, len(r.pages))
	for page, n := range r.page {
		for _, link := range reference.FindAllStringSubmatch(annots.FindString(bodies[page]), -1) {
			to := number10([]byte(link[1]))
			m := aim.FindStringSubmatch(bodies[to])
			r.aims[n-1] = append(r.aims[n-1], r.page[number10([]byte(m[1]))])
		}
	}
	for _, n := range order {
		for _, m := range aim.FindAllStringSubmatch(bodies[n], -1) {
			to, _ := strconv.Atoi(m[1])
			if r.page[to] == 0 {
				t.Errorf("object %d leads to object %d, which is no page", n, to)
			}
			if name := named.FindStringSubmatch(bodies[n]); name != nil {
				r.outline[decode(name[1])] = r.page[to]
			}
		}
	}
	return r
}

func inflate(t testing.TB, body string) string {
	t.Helper()
	_, data, _ := strings.Cut(body, "stream\n")
	z, err := zlib.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// words are all words of the document, those of a line as one string, in the
// order in which they were drawn.
func (r read) words() string {
	var out []string
	for _, page := range r.pages {
		for _, m := range shown.FindAllStringSubmatch(page, -1) {
			out = append(out, decode(m[1]))
		}
	}
	return strings.Join(out, " ")
}

// on is the words of one page, from 1.
func (r read) on(page int) string { return read{pages: r.pages[page-1 : page]}.words() }

func decode(s string) string {
	b := []byte(strings.NewReplacer(`\\`, `\`, `\(`, "(", `\)`, ")", `\r`, "\r").Replace(s))
	b = bytes.TrimPrefix(b, []byte{0xfe, 0xff})
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}
