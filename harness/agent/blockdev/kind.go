package blockdev

import (
	"encoding/binary"
	"fmt"
	"os"
)

// Of the superblocks: XFS begins with its magic number; that of ext4 is in the
// superblock at byte 1024 (fs/ext4/ext4.h).
const (
	xfsMagic  = "XFSB"
	extMagic  = 0xef53
	extOffset = 1024 + 0x38
)

// Kind reads which file system a device holds: "ext4" or "xfs".
func Kind(device string) (string, error) {
	f, err := os.Open(device)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var head [extOffset + 2]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return "", fmt.Errorf("read the superblock of %s: %w", device, err)
	}
	switch {
	case string(head[:4]) == xfsMagic:
		return "xfs", nil
	case binary.LittleEndian.Uint16(head[extOffset:]) == extMagic:
		return "ext4", nil
	}
	return "", fmt.Errorf("%s holds neither ext4 nor XFS", device)
}
