package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"maildrill/reports/dossier"
)

// file is a PDF taken apart into its objects. fpdf v0.12 writes attachments
// before the pages, and then takes the wrong objects for the aims of bookmarks
// and links; so attachments are put in here.
type file struct {
	objects    [][]byte // from number 1: all from "n 0 obj" to "endobj"
	root, info int
}

// finish puts attachments into a file as fpdf wrote it, and gives it an id.
func finish(raw []byte, attached []dossier.Attachment) ([]byte, error) {
	f, err := parse(raw)
	if err != nil {
		return nil, err
	}
	f.mend()
	if err := f.attach(attached); err != nil {
		return nil, err
	}
	return f.bytes(), nil
}

var (
	trailer   = regexp.MustCompile(`^xref\n0 (\d+)\n[0-9nf \n]+trailer\n<<\n/Size \d+\n/Root (\d+) 0 R\n/Info (\d+) 0 R\n>>\nstartxref\n(\d+)\n%%EOF\n$`)
	errLayout = errors.New("the file is not laid out as the PDF library does it")
)

// parse finds the objects by the table at the end of the file.
func parse(raw []byte) (*file, error) {
	end := bytes.LastIndex(raw, []byte("\nxref\n")) + 1
	m := trailer.FindSubmatch(raw[end:])
	if m == nil || number10(m[4]) != end {
		return nil, errLayout
	}
	f := &file{root: number10(m[2]), info: number10(m[3]), objects: make([][]byte, number10(m[1])-1)}
	offsets := f.offsets(raw[end:])
	order := slices.Clone(offsets)
	slices.Sort(order)
	for i, from := range offsets {
		next, _ := slices.BinarySearch(order, from+1)
		to := end
		if next < len(order) {
			to = order[next]
		}
		if from < 0 || to > end || !bytes.HasPrefix(raw[from:], fmt.Appendf(nil, "%d 0 obj\n", i+1)) {
			return nil, errLayout
		}
		f.objects[i] = raw[from:to:to]
	}
	if max(f.root, f.info) > len(f.objects) {
		return nil, errLayout
	}
	return f, nil
}

// offsets reads the table: a line for each object, after one for number 0.
func (f *file) offsets(table []byte) []int {
	lines := bytes.Split(table, []byte("\n"))[3:]
	out := make([]int, len(f.objects))
	for i := range out {
		out[i] = number10(bytes.TrimSuffix(lines[i], []byte(" 00000 n ")))
	}
	return out
}

// number10 is -1 for what is none.
func number10(digits []byte) int {
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return -1
	}
	return n
}

// add appends an object and returns its number.
func (f *file) add(body []byte) int {
	n := len(f.objects) + 1
	f.objects = append(f.objects, slices.Concat(fmt.Appendf(nil, "%d 0 obj\n", n), body, []byte("\nendobj\n")))
	return n
}

// bytes is the file. Its id is a digest of its objects.
func (f *file) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xc2\xb5\xc2\xb6\n")
	digest := sha256.New()
	var table bytes.Buffer
	for _, o := range f.objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		b.Write(o)
		digest.Write(o)
	}
	id := digest.Sum(nil)[:16]
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%X> <%X>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(f.objects)+1, table.Bytes(), len(f.objects)+1, f.root, f.info, id, id, start)
	return b.Bytes()
}
