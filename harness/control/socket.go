package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// socketName is the socket in its folder.
const socketName = "socket"

// longestPath is how long a path of a socket may be: sun_path has room for 108
// bytes with the last one zero (unix(7)), and for 104 elsewhere.
const longestPath = 103

// Exists tells whether the folder holds a socket. Somebody may have left it.
func Exists(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, socketName))
	return err == nil && info.Mode()&os.ModeSocket != 0
}

// listen makes the socket in a folder of its own, which nobody else may enter:
// so it is never open to others, not even before its own mode is set.
func listen(folder string) (net.Listener, error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the control socket: %w", err)
	}
	var l net.Listener
	err := at(folder, func(path string) (err error) {
		if l, err = net.Listen("unix", path); err != nil {
			return err
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false) // the path may not be good any more
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		return nil, fmt.Errorf("make the control socket: %w", err)
	}
	return gone{l, filepath.Join(folder, socketName)}, nil
}

// gone is a listener whose socket is removed with it.
type gone struct {
	net.Listener
	path string
}

func (g gone) Close() error { return errors.Join(g.Listener.Close(), os.Remove(g.path)) }

func dial(ctx context.Context, folder string) (conn net.Conn, err error) {
	err = at(folder, func(path string) (err error) {
		conn, err = (&net.Dialer{}).DialContext(ctx, "unix", path)
		return err
	})
	return conn, err
}

// at calls do with a path of the socket that is short enough: where the folder
// lies too deep, one by way of this process's open files (proc(5)).
func at(folder string, do func(path string) error) error {
	path := filepath.Join(folder, socketName)
	if len(path) <= longestPath {
		return do(path)
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return do(fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), socketName))
}
