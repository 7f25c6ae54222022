package blockdev

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Unclean tells whether the journal of the file system on a device has to be
// replayed: it was not left in order. The device must not be mounted.
func Unclean(device string) (bool, error) {
	kind, err := Kind(device)
	if err != nil {
		return false, err
	}
	f, err := os.Open(device)
	if err != nil {
		return false, err
	}
	defer f.Close()
	// XFS writes past the device's page cache, in which there may be what was
	// read before.
	if err := unix.IoctlSetInt(int(f.Fd()), unix.BLKFLSBUF, 0); err != nil && !errors.Is(err, unix.ENOTTY) {
		return false, fmt.Errorf("drop what is cached of %s: %w", device, err)
	}
	if kind == "xfs" {
		return xfsUnclean(f)
	}
	var features [4]byte
	if _, err := f.ReadAt(features[:], featureIncompat); err != nil {
		return false, fmt.Errorf("read the superblock of %s: %w", device, err)
	}
	return binary.LittleEndian.Uint32(features[:])&needsRecovery != 0, nil
}

// Of the superblock of ext4 (fs/ext4/ext4.h, struct ext4_super_block).
const (
	featureIncompat = 1024 + 0x60
	needsRecovery   = 0x4
)

// Of the log of XFS (fs/xfs/libxfs/xfs_log_format.h): records begin with a
// header block, whose first word is the magic number; the first word of every
// other block is a cycle number. A clean unmount ends the log with a record of
// one operation that says so.
const (
	sector       = 512
	recordMagic  = 0xfeedbabe // XLOG_HEADER_MAGIC_NUM
	recordLSN    = 16         // h_lsn
	recordLogops = 40         // h_num_logops
	opFlags      = 9          // oh_flags, of the operation in the next block
	unmountTrans = 0x20       // XLOG_UNMOUNT_TRANS
)

// xfsUnclean finds the last record of the log: the one with the highest
// sequence number. XFS has no other sign; its superblock keeps none.
func xfsUnclean(f *os.File) (bool, error) {
	log, err := xfsLog(f)
	if err != nil {
		return false, err
	}
	var last uint64
	unclean := true
	for at := 0; at+2*sector <= len(log); at += sector {
		head := log[at:]
		if binary.BigEndian.Uint32(head) != recordMagic {
			continue
		}
		if lsn := binary.BigEndian.Uint64(head[recordLSN:]); lsn >= last {
			last = lsn
			unclean = binary.BigEndian.Uint32(head[recordLogops:]) != 1 || head[sector+opFlags]&unmountTrans == 0
		}
	}
	if last == 0 {
		return false, fmt.Errorf("the log of %s has no record", f.Name())
	}
	return unclean, nil
}

// xfsLog reads the log, which lies where the superblock says (struct xfs_dsb).
func xfsLog(f *os.File) ([]byte, error) {
	var super [sector]byte
	if _, err := f.ReadAt(super[:], 0); err != nil {
		return nil, fmt.Errorf("read the superblock of %s: %w", f.Name(), err)
	}
	block := int64(binary.BigEndian.Uint32(super[4:]))   // sb_blocksize
	start := int64(binary.BigEndian.Uint64(super[48:]))  // sb_logstart
	group := int64(binary.BigEndian.Uint32(super[84:]))  // sb_agblocks
	blocks := int64(binary.BigEndian.Uint32(super[96:])) // sb_logblocks
	bits := super[124]                                   // sb_agblklog
	if start == 0 || bits > 31 || blocks*block > 2<<30 {
		return nil, fmt.Errorf("%s has no log of its own", f.Name())
	}
	at := (start>>bits)*group + start&(1<<bits-1)
	log := make([]byte, blocks*block)
	if _, err := f.ReadAt(log, at*block); err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", f.Name(), err)
	}
	return log, nil
}
