package ledger

import (
	"os"
	"syscall"
)

// datasync makes the data of a file durable (fdatasync(2)).
func datasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
