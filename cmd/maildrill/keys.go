package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"maildrill/reports/evidence/keys"
)

func (p *process) keysCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "keys",
		Short: "Make and show the key that signs runs and their register",
		Long: `Make and show the key that signs runs and their register. maildrill looks for it
in ` + keys.Variable + ` (the line itself), in the file that ` + keys.FileVariable + ` names, and in
$XDG_CONFIG_HOME/maildrill/signing.key. A key file that others can read is refused,
and the private line is never shown again, nor put into a run folder or a bundle.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("say what to do with keys: init or show"))
		},
	}
	c.AddCommand(p.keysInit(), p.keysShow())
	return c
}

func (p *process) keysInit() *cobra.Command {
	var name, file string
	c := &cobra.Command{
		Use: "init", Short: "Make a key",
		Long: `Make a key: signing.key (mode 0600) and signing.pub in the configuration folder, or
a FILE and FILE.pub. A key that is there is never written over. The name is that of
the register that the key signs, and a key has one register; it is public, and
stands in every bundle.`,
		Example: `  maildrill keys init --name example.org/drills
  maildrill keys init --name example.org/ci --file ci.key   # into the secret ` + keys.Variable + `, then away with it`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.initKey(name, file) },
	}
	c.Flags().StringVar(&file, "file", "", "file of the private key (default signing.key in the configuration folder)")
	c.Flags().StringVar(&name, "name", "", "name of the key, such as example.org/drills (default drills/ and some letters)")
	return c
}

func (p *process) initKey(name, file string) error {
	if name == "" {
		tail := make([]byte, 4)
		if _, err := rand.Read(tail); err != nil {
			return failure(err)
		}
		name = "drills/" + hex.EncodeToString(tail)
	}
	files := keys.Files{Private: file, Public: file + ".pub"}
	if file == "" {
		var err error
		if files, err = keys.DefaultFiles(p.Env); err != nil {
			return &exitError{code: exitEnvironment, err: err}
		}
	}
	key, err := keys.Create(files, name)
	if err != nil {
		return usage(err)
	}
	if p.json {
		return p.printJSON(shownKey(key.Public(), files.Private))
	}
	fmt.Fprintf(p.Stdout, "private key: %s\npublic key:  %s\n\n  %s\n\n", files.Private, files.Public, key.Public().Line())
	fmt.Fprintln(p.Stdout, "Give the public line to whoever is to check your runs, over a way that is not this host's alone.")
	return nil
}

// keyAnswer is what --json prints of a key.
type keyAnswer struct {
	Name   string `json:"name"`
	ID     string `json:"id"`
	Public string `json:"public"`
	Where  string `json:"where"`
}

func shownKey(k keys.Public, where string) keyAnswer {
	return keyAnswer{Name: k.Name(), ID: k.ID(), Public: k.Line(), Where: where}
}

func (p *process) keysShow() *cobra.Command {
	var asPEM bool
	c := &cobra.Command{
		Use: "show", Short: "Print the public key",
		Long: `Print the public key: one line for "maildrill verify --key", or with --pem as
SubjectPublicKeyInfo, which openssl reads.`,
		Example: `  maildrill keys show > signing.pub
  maildrill keys show --pem > signing.pem`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.showKey(asPEM) },
	}
	c.Flags().BoolVar(&asPEM, "pem", false, "as PEM")
	return c
}

func (p *process) showKey(asPEM bool) error {
	key, where, err := keys.Own(p.Env)
	if errors.Is(err, keys.ErrNone) {
		return &exitError{code: exitUsage, err: err, hint: "`maildrill keys init` makes one"}
	}
	if err != nil {
		return &exitError{code: exitEnvironment, err: err}
	}
	switch {
	case p.json:
		return p.printJSON(shownKey(key, where))
	case asPEM:
		b, err := key.PEM()
		if err != nil {
			return failure(err)
		}
		_, err = p.Stdout.Write(b)
		return err
	}
	fmt.Fprintln(p.Stdout, key.Line())
	return nil
}
