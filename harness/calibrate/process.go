package calibrate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

var errNoSelf = errors.New("this program cannot start itself as a victim")

// victim is a process that is going to suffer.
type victim struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	said  strings.Builder // standard error
}

func (b *Bench) victim(args ...string) (*victim, error) {
	if b.Self == nil {
		return nil, errNoSelf
	}
	v := &victim{cmd: b.Self(args...)}
	v.cmd.Stderr = &v.said
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	v.lines = bufio.NewScanner(out)
	return v, v.cmd.Start()
}

// until waits for a line.
func (v *victim) until(line string) error {
	for v.lines.Scan() {
		if v.lines.Text() == line {
			return nil
		}
	}
	return fmt.Errorf("the victim ended before it was at %q: %s", line, v.said.String())
}

// end kills the victim, if it is still there, and waits for it.
func (v *victim) end() {
	_ = v.cmd.Process.Kill() // SIGKILL
	_ = v.cmd.Wait()
}

// rest lets the victim come to its end.
func (v *victim) rest() error {
	_, _ = io.Copy(io.Discard, lines{v.lines})
	if err := v.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, v.said.String())
	}
	return nil
}

// lines reads what a scanner has left.
type lines struct{ *bufio.Scanner }

// Read implements io.Reader.
func (l lines) Read([]byte) (int, error) {
	if !l.Scan() {
		return 0, io.EOF
	}
	return 0, nil
}
