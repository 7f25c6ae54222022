package html

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html/template"
	"path"

	"maildrill/reports/dossier"
)

// file is an attachment as a link that carries its content. A large one is
// compressed: the script unpacks it, and without the script its reader does.
type file struct {
	Name   string
	Saved  string // its name if the script does not run
	Size   string
	Href   template.URL
	Packed bool
}

// plainFile is the size in bytes up to which a file is not compressed.
const plainFile = 200_000

func pack(attached []dossier.Attachment) ([]file, error) {
	var files []file
	for _, a := range attached {
		f := file{Name: name(path.Base(a.Name)), Size: size(len(a.Data))}
		data := a.Data
		f.Saved = f.Name
		if len(data) > plainFile {
			var err error
			if data, err = compress(data); err != nil {
				return nil, fmt.Errorf("attach %s: %w", f.Name, err)
			}
			f.Packed, f.Saved = true, f.Name+".gz"
		}
		// No browser shows a page of this kind, whatever is in it.
		f.Href = template.URL("data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(data))
		files = append(files, f)
	}
	return files, nil
}

func compress(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
