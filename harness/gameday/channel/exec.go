package channel

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"maildrill/scenarios"
)

// program is run once a message. No shell reads its arguments, and no text of a
// message is among them.
type program struct {
	command     []string
	environment []string
}

// programEnd is how long the output of a program that has ended is waited for.
const programEnd = time.Second

func openExec(c scenarios.Channel, secrets Secrets, _ *x509.CertPool) (carrier, error) {
	if len(c.Command) == 0 {
		return nil, errors.New("a program needs `command`")
	}
	if _, err := exec.LookPath(c.Command[0]); err != nil {
		return nil, fmt.Errorf("command: %w: install it, or give its whole path", err)
	}
	p := program{command: c.Command, environment: []string{}}
	for _, name := range []string{"PATH", "HOME", "LANG"} {
		if secrets.Env == nil {
			break
		}
		if value, ok := secrets.Env(name); ok {
			p.environment = append(p.environment, name+"="+value)
		}
	}
	return p, nil
}

func (p program) carry(ctx context.Context, n note) (Receipt, error) {
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	cmd.Env, cmd.Stdin, cmd.WaitDelay = p.environment, bytes.NewReader(encoded(plainForm(n))), programEnd
	var out, complaint bounded
	cmd.Stdout, cmd.Stderr = &out, &complaint
	inGroup(cmd)
	err := cmd.Run()
	receipt := Receipt{Tries: 1, Note: redactor{}.excerpt(out.String())}
	if cmd.ProcessState != nil {
		receipt.Status = fmt.Sprintf("exit %d", cmd.ProcessState.ExitCode())
	}
	if ctx.Err() == nil && errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well; something that it started still holds its output
	}
	if err != nil {
		return receipt, redactor{}.failed(p.command[0], fmt.Errorf("%w%s", ended(ctx, err), saidLast(complaint.Bytes())), context.DeadlineExceeded, context.Canceled)
	}
	return receipt, nil
}

// ended says that time was over rather than that a program was killed.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: the program was killed", ctx.Err())
	}
	return err
}

// saidLast is the end of what a program complained about, where the reason is.
func saidLast(text []byte) string {
	text = bytes.TrimSpace(text)
	if at := bytes.LastIndexByte(text, '\n'); at >= 0 {
		text = text[at+1:]
	}
	return said(text)
}

// bounded keeps the beginning and takes the rest, so that the program goes on.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), maxAnswer-b.Len())])
	return len(p), nil
}
