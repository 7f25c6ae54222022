package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/reports/evidence/archive"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/verify"
)

// verifyOptions are the flags of `maildrill verify`.
type verifyOptions struct {
	key, checkpoint, register, signers, runs, out string
}

func (p *process) verifyCommand() *cobra.Command {
	o := verifyOptions{}
	c := &cobra.Command{
		Use:   "verify RUN|BUNDLE.zip|REGISTER|EXERCISE",
		Short: "Work out every number again, and check hashes, signatures and register",
		Long: `Check a run folder, a bundle or a register. Every number is worked out again from
the ledger and the events, every report is made again from the record; digests,
signatures, the place in the register and that the register only grew are checked.
What does not fit is named, and the exit code is 7.

The key that signed must be named with --key, or be your own. Whoever holds the key
can leave runs out of a register and sign the rest anew: only a checkpoint that
somebody else kept shows that (--checkpoint). Without one, verify says
"completeness not proven".`,
		Example: `  maildrill verify runs/20261123-184105-backup-mx-takes-over-3fa9
  maildrill verify drill.zip --key signing.pub --checkpoint kept-in-march.checkpoint
  maildrill verify runs/register --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.verify(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.key, "key", "", "public key that must have signed: a file, or the line itself (default your own)")
	f.StringVar(&o.checkpoint, "checkpoint", "", "checkpoint that was kept elsewhere: a file that \"maildrill register checkpoint\" printed, a run.tlog-proof, a copy of the register, or an earlier bundle")
	f.StringVar(&o.register, "register", "", "register that the run should be in (default "+registerVariable+", else that of the key, else a folder register beside the run)")
	f.StringVar(&o.signers, "allowed-signers", "", "file that says whose SSH signatures count (ssh-keygen(1), ALLOWED SIGNERS)")
	outFlag(c, &o.out)
	f.StringVar(&o.runs, "runs", "", "folder with the run folders of a register: each must be the one that the register knows")
	return c
}

func (p *process) verify(ctx context.Context, subject string, o verifyOptions) error {
	if folder, ok := exerciseNamed(subject); ok {
		opts, err := p.trust(ctx, o)
		if err != nil {
			return err
		}
		return p.verifyExercise(folder, opts)
	}
	subject = runNamed(o.out, subject)
	info, err := os.Stat(subject)
	if err != nil && !isRegister(subject) {
		return usage(fmt.Errorf("%s is neither a run folder nor a bundle nor a register: %w", subject, err))
	}
	opts, err := p.trust(ctx, o)
	if err != nil {
		return err
	}
	var found *verify.Findings
	switch {
	case isRegister(subject):
		found, err = p.verifyRegister(ctx, subject, o, opts)
	case info.IsDir():
		found, err = p.verifyRun(ctx, subject, o, opts)
	default:
		found, err = p.verifyBundle(ctx, subject, o, opts)
	}
	if err != nil {
		return err
	}
	return p.printFindings(found)
}

// isRegister tells a register from a run folder.
func isRegister(path string) bool {
	_, err := os.Stat(filepath.Join(path, register.CheckpointFile))
	return err == nil || len(path) > 4 && path[:4] == "git+"
}

func (p *process) verifyRun(ctx context.Context, folder string, o verifyOptions, opts verify.Options) (*verify.Findings, error) {
	_, err := os.Stat(harness.Folder(folder).Events())
	if _, sealed := os.Stat(harness.Folder(folder).Manifest()); err != nil && sealed != nil {
		return nil, usage(fmt.Errorf("%s is no run folder: %w", folder, err))
	}
	if err := p.atHand(ctx, o.register, filepath.Dir(filepath.Clean(folder)), &opts); err != nil {
		return nil, err
	}
	return verify.Run(folder, opts), nil
}

// atHand finds the register that a run should be in: the one that is named, or the
// key's own, or a copy beside the run.
func (p *process) atHand(ctx context.Context, named, beside string, opts *verify.Options) error {
	if opts.Key == nil {
		opts.Where = "no key is trusted"
		return nil
	}
	where, implied, err := p.registerPlace(named, *opts.Key)
	if copied := filepath.Join(beside, "register"); (err != nil || implied && !isRegister(where)) && isRegister(copied) {
		where, implied, err, opts.Copy = copied, true, nil, true
	}
	if err != nil {
		opts.Where = err.Error()
		return nil
	}
	v, err := register.Read(ctx, where, *opts.Key)
	switch {
	case err == nil:
		opts.Register, opts.Where = v, where
	case implied && errors.Is(err, register.ErrMissing):
		opts.Where = err.Error() + "; --register names another"
	default:
		return &exitError{code: exitEnvironment, err: err}
	}
	return nil
}

// verifyBundle unpacks a bundle for as long as it is looked at.
func (p *process) verifyBundle(ctx context.Context, file string, o verifyOptions, opts verify.Options) (*verify.Findings, error) {
	b, err := archive.Open(file)
	if err != nil {
		return verify.Unreadable(file, err), nil
	}
	defer b.Close()
	var carried *register.View
	if b.Register != "" && opts.Key != nil {
		if carried, err = register.Read(ctx, b.Register, *opts.Key); err != nil {
			return nil, &exitError{code: exitEvidence, err: err}
		}
	}
	if carried != nil && o.register == "" {
		opts.Register, opts.Where, opts.Copy = carried, "in the bundle", true
	} else if err := p.atHand(ctx, o.register, b.Folder, &opts); err != nil {
		return nil, err
	} else {
		opts.Carried = carried
	}
	found := verify.Run(b.Folder, opts)
	found.Moved(b.Folder, file)
	return found, nil
}

func (p *process) verifyRegister(ctx context.Context, where string, o verifyOptions, opts verify.Options) (*verify.Findings, error) {
	opts.Where, opts.Folders = where, o.runs
	if opts.Key != nil {
		v, err := register.Read(ctx, where, *opts.Key)
		if err != nil {
			return nil, &exitError{code: exitEnvironment, err: err}
		}
		opts.Register = v
	}
	return verify.Register(opts), nil
}
