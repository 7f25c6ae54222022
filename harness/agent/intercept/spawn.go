package intercept

import (
	"os"
	"os/exec"
	"syscall"

	"maildrill/harness/agent/enter"
	"maildrill/harness/agent/mux"
)

// spawn starts this binary as the proxy in a network namespace, as a user
// without any privilege. It dies with the thread that made it (prctl(2),
// PR_SET_PDEATHSIG), so that thread waits for it.
func spawn(namespace string) (*mux.Session, *os.Process, chan struct{}, error) {
	type started struct {
		session *mux.Session
		child   *os.Process
		err     error
	}
	result, ended := make(chan started, 1), make(chan struct{})
	go func() {
		defer close(ended)
		if err := enter.Network(namespace, func() error {
			command, session, err := launch()
			if err != nil {
				return err
			}
			result <- started{session: session, child: command.Process}
			_ = command.Wait()
			_ = session.Close()
			return nil
		}); err != nil {
			result <- started{err: err}
		}
	}()
	r := <-result
	return r.session, r.child, ended, r.err
}

func launch() (*exec.Cmd, *mux.Session, error) {
	// The link is followed by the child itself, whatever rights it has on the
	// folders of the path (proc(5)).
	c := exec.Command("/proc/self/exe", "agent", Role)
	c.Env, c.Stderr = []string{}, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: User, Gid: User},
		Pdeathsig:  syscall.SIGKILL,
	}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := c.Start(); err != nil {
		return nil, nil, err
	}
	session, err := mux.Dial(mux.Pipes(out, in))
	if err != nil {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	return c, session, err
}
