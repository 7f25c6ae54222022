package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf16"

	"maildrill/reports/dossier"
)

// noFiles is how fpdf says that nothing is attached.
const noFiles = "/EmbeddedFiles << /Names [\n  \n] >>\n"

// attach puts files into the document, as files of the whole of it (ISO 32000-1,
// 7.11.4). Two of one name could not be told apart.
func (f *file) attach(attached []dossier.Attachment) error {
	catalog := f.objects[f.root-1]
	if !bytes.Contains(catalog, []byte(noFiles)) {
		return errLayout
	}
	seen := map[string]bool{}
	var tree strings.Builder
	for i, a := range attached {
		name := fileName(a.Name)
		if seen[name] {
			return fmt.Errorf("two attachments are called %q", name)
		}
		seen[name] = true
		n := f.embed(name, a.Data)
		fmt.Fprintf(&tree, "(%06d) %d 0 R ", i, n)
	}
	names := "/EmbeddedFiles << /Names [ " + tree.String() + "] >>\n>>\n"
	if len(attached) == 0 {
		names = ">>\n"
	}
	names += "/ViewerPreferences << /DisplayDocTitle true >>\n"
	// The dictionary of names ends right after the files.
	f.objects[f.root-1] = bytes.Replace(catalog, []byte(noFiles+">>\n"), []byte(names), 1)
	return nil
}

// fileKinds are media types as a name in a PDF; what a host knows of them is not
// the same on each.
var fileKinds = map[string]string{
	".json": "application#2Fjson", ".jsonl": "application#2Fjsonl", ".yaml": "application#2Fyaml", ".txt": "text#2Fplain", ".md": "text#2Fmarkdown",
}

// embed adds the bytes of a file and what is said about it.
func (f *file) embed(name string, data []byte) int {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data) // a buffer takes everything
	w.Close()
	kind := fileKinds[path.Ext(name)]
	if kind == "" {
		kind = "application#2Foctet-stream"
	}
	stream := f.add(fmt.Appendf(nil, "<< /Type /EmbeddedFile /Subtype /%s /Length %d /Filter /FlateDecode /Params << /Size %d /CheckSum <%x> >> >>\nstream\n%s\nendstream",
		kind, b.Len(), len(data), md5.Sum(data), b.Bytes()))
	return f.add(fmt.Appendf(nil, "<< /Type /Filespec /F (%s) /UF <%s> /EF << /F %d 0 R /UF %d 0 R >> >>",
		plainName(name), utf16Hex(name), stream, stream))
}

// fileName is the last part of a name, without what could lead elsewhere.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, "._") == "" {
		return "attachment"
	}
	return name
}

// plainName is a name for readers that know ASCII alone.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r > 126 || strings.ContainsRune(`()\`, r) {
			return '_'
		}
		return r
	}, name)
}

func utf16Hex(s string) string {
	var b strings.Builder
	b.WriteString("FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}
