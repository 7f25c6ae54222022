package spool

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
)

// each hands over the regular files of a tar archive, as the engine gives it for a
// spool directory. What comes before an archive that is cut short was handed over.
func each(archive io.Reader, take func(name string, file io.Reader)) error {
	for files := tar.NewReader(archive); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the queue's archive: %w", err)
		}
		if head.Typeflag == tar.TypeReg {
			take(head.Name, files)
		}
	}
}
