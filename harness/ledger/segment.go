package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
)

// A segment is a header (magic, version, length of the header) and then blocks:
// length and CRC-32C of the payload, payload. The payload is length-prefixed
// entries. A block is written with one write, so a torn tail is one broken block.
//
// Later versions may lengthen the header and add fields at the end of an entry;
// readers of this version skip both. Whatever they could not skip raises the
// version, and they refuse it.
const (
	magic     = "MAILDRILL-LEDGER"
	version   = 1
	headerLen = len(magic) + 4
	blockHead = 8
	blockMost = 64 << 20 // a longer block is not believed

	segmentGoal = 64 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// segment is the file that is written to.
type segment struct {
	dir    string
	number int
	file   *os.File
	size   int
	buffer []byte
	goal   int                  // bytes, after which the next one begins
	sync   func(*os.File) error // makes data durable
}

func segmentName(number int) string { return fmt.Sprintf("%06d.seg", number) }

// createSegment makes the file and its name durable.
func createSegment(dir string, number int) (segment, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return segment{}, err
	}
	f, err := os.OpenFile(filepath.Join(dir, segmentName(number)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return segment{}, err
	}
	head := binary.LittleEndian.AppendUint16([]byte(magic), version)
	head = binary.LittleEndian.AppendUint16(head, uint16(headerLen))
	if _, err := f.Write(head); err != nil {
		return segment{}, errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), syncFolder(dir)); err != nil {
		return segment{}, errors.Join(err, f.Close())
	}
	return segment{dir: dir, number: number, file: f, size: headerLen, goal: segmentGoal, sync: datasync}, nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// append writes one block, and makes all that was written durable if asked to.
func (s *segment) append(batch []request, durable bool) error {
	if s.size >= s.goal {
		if err := s.roll(); err != nil {
			return err
		}
	}
	b := append(s.buffer[:0], make([]byte, blockHead)...)
	for _, r := range batch {
		b = append(b, r.payload...)
	}
	s.buffer = b
	if len(b) == blockHead { // nothing but a wish for durability
		return s.sync(s.file)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-blockHead))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[blockHead:], castagnoli))
	if _, err := s.file.Write(b); err != nil {
		return err
	}
	s.size += len(b)
	if !durable {
		return nil
	}
	return s.sync(s.file)
}

// roll goes on to the next segment. The one before is durable then, so that
// only the last one can have a torn tail.
func (s *segment) roll() error {
	if err := s.close(); err != nil {
		return err
	}
	next, err := createSegment(s.dir, s.number+1)
	if err != nil {
		return err
	}
	next.buffer, next.goal, next.sync = s.buffer, s.goal, s.sync
	*s = next
	return nil
}

func (s *segment) close() error { return errors.Join(s.file.Sync(), s.file.Close()) }
