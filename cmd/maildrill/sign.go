package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
	"maildrill/reports/evidence/signoff"
)

// signOptions are the flags of `maildrill sign`.
type signOptions struct{ role, name, by, key, remark, register, out string }

func (p *process) signCommand() *cobra.Command {
	o := signOptions{}
	c := &cobra.Command{
		Use:   "sign RUN|EXERCISE",
		Short: "Put your own SSH key to a run or an exercise, as reviewer, approver or owner",
		Long: `Sign a sealed run with an SSH key that you have already. Signed is a sheet that
names the run, the SHA-256 of its manifest, your role, your name and the time; it
and the signature go into signoff/ of the run folder, and into the register if its
key is at hand. "ssh-keygen -Y verify -n ` + signoff.Namespace + `" accepts the signature.

The key is a private key file without a passphrase, or the public key file of a key
that the SSH agent holds. Look at the run first: "maildrill verify RUN".

Of an exercise, named by its folder, a statement is signed: how many lines its log has,
the SHA-256 of the last one and of the record that they amount to. Actions may be
followed up after that. --by says who you are in the game day, if that is not --name.`,
		Example: `  maildrill sign runs/20261123-184105-backup-mx-takes-over-3fa9 --role reviewer --name jane@example.org
  maildrill sign RUN --role owner --name joe@example.org --key ~/.ssh/id_ecdsa.pub --remark "accepted, see ticket 4711"`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if folder, ok := exerciseNamed(args[0]); ok {
				return p.signExercise(folder, o)
			}
			return p.sign(c.Context(), harness.Folder(runNamed(o.out, args[0])), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.role, "role", "", "what you sign as: one word, such as reviewer, approver or owner")
	f.StringVar(&o.name, "name", "", "who you are, as the list of allowed signers has it, such as jane@example.org")
	f.StringVar(&o.by, "by", "", "of an exercise: who you are, as the game day names you (default --name)")
	f.StringVar(&o.key, "key", "", "SSH key file (default ~/.ssh/id_ed25519)")
	f.StringVar(&o.remark, "remark", "", "a remark that is signed too")
	registerFlag(c, &o.register)
	outFlag(c, &o.out)
	return c
}

func (p *process) sign(ctx context.Context, folder harness.Folder, o signOptions) error {
	m, err := readManifest(folder)
	if err != nil {
		return err
	}
	signer, done, err := p.signer(o)
	if err != nil {
		return err
	}
	defer done()
	text, err := os.ReadFile(folder.Manifest())
	if err != nil {
		return failure(err)
	}
	sum := sha256.Sum256(text)
	sheet := signoff.Sheet{Run: m.Run, Manifest: hex.EncodeToString(sum[:]), Role: o.role, Name: o.name,
		At: time.Now().UTC().Format(time.RFC3339), Remark: o.remark}
	path, digest, err := signoff.Sign(filepath.Join(string(folder), seal.SignoffFolder), sheet, signer)
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(p.Stdout, "signed: %s\n", path)
	return p.registerSignature(ctx, m, o, digest)
}

// signer opens the SSH key of whoever signs, and wants to know who they are.
func (p *process) signer(o signOptions) (signoff.Signer, func(), error) {
	if o.role == "" || o.name == "" {
		return nil, nil, usage(errors.New("say with --role as what you sign, and with --name who you are"))
	}
	if o.key == "" {
		o.key = filepath.Join(p.Env("HOME"), ".ssh", "id_ed25519")
	}
	signer, done, err := signoff.OpenKey(o.key, p.Env("SSH_AUTH_SOCK"))
	if err != nil {
		return nil, nil, usage(err)
	}
	return signer, done, nil
}

// registerSignature notes the signature in the register, so that it cannot be taken
// away unseen. Whoever reviews need not have the register's key.
func (p *process) registerSignature(ctx context.Context, m seal.Manifest, o signOptions, digest string) error {
	if m.Register == nil {
		return nil
	}
	r, err := p.registration(o.register)
	if err != nil {
		return err
	}
	if r.key == nil || r.key.Public().Name() != m.Register.Origin {
		fmt.Fprintf(p.Stderr, "note: the signature is not in the register, whose key is not at hand: nothing would show that it was taken away\n")
		return nil
	}
	if err := r.register.Sign(ctx, m.Run, register.Signoff{Role: o.role, SHA256: digest}); err != nil {
		return r.refusal(err)
	}
	return nil
}
