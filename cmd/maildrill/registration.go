package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/presence"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// registerVariable names the register where no flag does.
const registerVariable = "MAILDRILL_REGISTER"

// registerFlag adds the flag that names a register.
func registerFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "register", "", "run register: a folder, or git+URL#BRANCH (default "+registerVariable+", else that of the key in the user's folder for data)")
}

// registration is how runs are put into the register and sealed. Without a key
// they are in none and not signed.
type registration struct {
	p        *process
	key      *keys.Key          // nil: there is none
	register *register.Register // nil: as above
	implied  bool               // nobody has named it: it is made where it is missing
	room     presence.Room
	tool     record.Tool
}

// registerLimit bounds what a register far away may take.
const registerLimit = 2 * time.Minute

// registration finds key and register. That there is no key is no error, but one
// that cannot be used is.
func (p *process) registration(where string) (*registration, error) {
	r := &registration{p: p, tool: tool()}
	key, err := keys.Load(p.Env)
	switch {
	case errors.Is(err, keys.ErrNone):
		return r, nil
	case err != nil:
		return nil, &exitError{code: exitEnvironment, err: err}
	}
	r.key = key
	if where, r.implied, err = p.registerPlace(where, key.Public()); err != nil {
		return nil, err
	}
	if r.register, err = register.Open(where, key); err != nil {
		return nil, usage(err)
	}
	if state := stateFolder(p.Env); state != "" {
		r.room = presence.Room(filepath.Join(state, "running"))
		r.register.Remember(filepath.Join(state, "seen", url.PathEscape(key.Public().ID())))
	}
	return r, nil
}

// stateFolder is where maildrill keeps what only this host needs (XDG base
// directories); empty: nobody knows where.
func stateFolder(env func(string) string) string {
	if base := env("XDG_STATE_HOME"); base != "" {
		return filepath.Join(base, "maildrill")
	}
	if home := env("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "maildrill")
	}
	return ""
}

// keyed is [process.registration] for commands that are nothing without a key.
func (p *process) keyed(where string) (*registration, error) {
	r, err := p.registration(where)
	if err == nil && r.key == nil {
		err = &exitError{code: exitEnvironment, err: errors.New("there is no signing key, and a register belongs to one"), hint: "`maildrill keys init` makes a key; MAILDRILL_KEY_FILE names another file"}
	}
	return r, err
}

// registerPlace is the register that a flag or the environment names; implied: it
// is that of the key in the user's folder for data, because a key has one register,
// wherever its run folders are.
func (p *process) registerPlace(named string, key keys.Public) (place string, implied bool, err error) {
	if named == "" {
		named = p.Env(registerVariable)
	}
	if named != "" {
		return named, false, nil
	}
	base := p.Env("XDG_DATA_HOME")
	if base == "" {
		home := p.Env("HOME")
		if home == "" {
			return "", false, &exitError{code: exitEnvironment, err: errors.New("neither XDG_DATA_HOME nor HOME is set, so that nobody knows where the run register is"), hint: "name it with --register or " + registerVariable}
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "maildrill", "registers", url.PathEscape(key.ID())), true, nil
}

// errNoPlace is of a run that must be in a register that nobody can sign.
var errNoPlace = &exitError{code: exitEnvironment, err: errors.New("the run must have a place in the run register, and there is no key to sign it; nothing was started"), hint: "`maildrill keys init` makes a key"}

// enrol takes the place of a run before anything of it starts. The mark says that
// this process is at it. Where the register cannot be reached, a run that need not
// be in it starts without, and that is told; any other trouble stops it.
func (r *registration) enrol(ctx context.Context, run, folder string, s register.Start) (*record.Register, *presence.Mark, error) {
	switch {
	case (r == nil || r.key == nil) && s.Required:
		return nil, nil, errNoPlace
	case r == nil || r.key == nil:
		return nil, nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, registerLimit)
	defer cancel()
	mark, err := r.room.Begin(run, folder)
	if err != nil {
		fmt.Fprintf(r.p.Stderr, "note: %v; if this maildrill is killed, `maildrill register close` must close the run\n", err)
	}
	place, err := r.start(ctx, run, s)
	if err == nil {
		return &place, mark, nil
	}
	mark.End()
	if away := errors.Is(err, register.ErrUnreachable) || errors.Is(err, register.ErrMissing); away && !s.Required {
		fmt.Fprintf(r.p.Stderr, "warning: %v\nwarning: the run starts without a place in the register, and verify will say so\n", err)
		return nil, nil, nil
	}
	return nil, nil, r.refusal(err)
}

func (r *registration) start(ctx context.Context, run string, s register.Start) (record.Register, error) {
	place, err := r.register.Start(ctx, run, s)
	if !errors.Is(err, register.ErrMissing) || !r.implied || s.Required {
		return place, err // a host that forgets would begin another one each time
	}
	if err := r.register.Init(ctx); err != nil {
		return record.Register{}, err
	}
	fmt.Fprintf(r.p.Stderr, "a new run register: %s\n", r.register.Where())
	return r.register.Start(ctx, run, s)
}

// refusal gives the exit code of a register that cannot be used.
func (r *registration) refusal(err error) error {
	var broken *register.BrokenError
	switch {
	case errors.As(err, &broken):
		return &exitError{code: exitEvidence, err: err, hint: "find out who changed it and put back what was there; or begin another with --register, and keep this one as it is"}
	case errors.Is(err, register.ErrMissing):
		return &exitError{code: exitEnvironment, err: err, hint: fmt.Sprintf("if there should be one, its folder may not be mounted; `maildrill register init --register %s` begins one", r.register.Where())}
	}
	return &exitError{code: exitEnvironment, err: err, hint: "mend the way to it, or name another register with --register"}
}

// seal closes a run and signs what is in its folder.
func (r *registration) seal(ctx context.Context, c seal.Closing) error {
	if r == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), registerLimit)
	defer cancel()
	c.Key, c.Tool = r.key, r.tool
	if r.register != nil {
		c.Register = r.register
	}
	err := seal.Run(ctx, c)
	if err == nil {
		return nil
	}
	if r.register != nil && c.Place != nil {
		return &exitError{code: exitEnvironment, err: err, hint: fmt.Sprintf("`maildrill register close %s` closes the run when that is mended", c.Folder)}
	}
	return &exitError{code: exitEnvironment, err: err}
}

// said tells once what runs without a key lack.
func (r *registration) said() {
	if r.key == nil {
		fmt.Fprintln(r.p.Stderr, "not signed, not registered: `maildrill keys init` makes a key")
	}
}

// digestOf is the SHA-256 of a topology as it was resolved.
func digestOf(t topology.Topology) string {
	b, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
