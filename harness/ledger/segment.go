package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// See the package's documentation for the layout.
const (
	magic     = "MAILDRILL-LEDGER"
	version   = 2
	headerLen = len(magic) + 2 + 2 + 4 + crcLen
	crcLen    = 4
	blockHead = 4 + crcLen
	blockMost = 64 << 20 // a longer block is not believed

	segmentGoal = 64 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// disk is what a segment asks of its file.
type disk interface {
	io.Writer
	Datasync() error // fdatasync(2): what was written outlives a power cut
	Close() error
}

type osDisk struct{ *os.File }

func (d osDisk) Datasync() error { return datasync(d.File) }

// openDisk makes a file that must not exist yet, and its name durable.
func openDisk(path string) (disk, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return osDisk{f}, nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// segment is the file that is written to.
type segment struct {
	dir    string
	number int
	disk   disk
	size   int
	goal   int                             // bytes, after which the next one begins
	open   func(path string) (disk, error) // makes a file
	buffer []byte
}

func segmentName(number int) string { return fmt.Sprintf("%06d.seg", number) }

// begin makes the next file, and its header durable.
func (s *segment) begin() error {
	d, err := s.open(filepath.Join(s.dir, segmentName(s.number+1)))
	if err != nil {
		return err
	}
	s.number++
	head := segmentHeader(s.number)
	if _, err := d.Write(head); err != nil {
		return errors.Join(err, d.Close())
	}
	if err := d.Datasync(); err != nil {
		return errors.Join(err, d.Close())
	}
	s.disk, s.size = d, len(head)
	return nil
}

func segmentHeader(number int) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(magic), version)
	b = binary.LittleEndian.AppendUint16(b, uint16(headerLen))
	b = binary.LittleEndian.AppendUint32(b, uint32(number))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// append writes one block with one write, so that a torn tail is one broken
// block, and makes all that was written durable if asked to.
func (s *segment) append(payload []byte, durable bool) error {
	if s.size >= s.goal {
		if err := s.roll(); err != nil {
			return err
		}
	}
	b := binary.LittleEndian.AppendUint32(s.buffer[:0], uint32(len(payload)))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(payload, castagnoli))
	b = append(b, payload...)
	s.buffer = b
	if _, err := s.disk.Write(b); err != nil {
		return err
	}
	s.size += len(b)
	if !durable {
		return nil
	}
	return s.disk.Datasync()
}

// roll goes on to the next segment. The one before is durable then, so that
// only the last one can have a torn tail.
func (s *segment) roll() error {
	if err := errors.Join(s.disk.Datasync(), s.disk.Close()); err != nil {
		return err
	}
	return s.begin()
}
