package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"maildrill/reports/evidence/archive"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/signoff"
	"maildrill/reports/evidence/verify"
)

// trust finds the key, and reads what was kept.
func (p *process) trust(ctx context.Context, o verifyOptions) (verify.Options, error) {
	opts := verify.Options{Judge: judgeAgain, Reports: remade(), Tool: tool(), Now: time.Now()}
	key, from, err := p.trusted(o.key)
	switch {
	case err == nil:
		opts.Key, opts.KeyWhy = &key, from
	case errors.Is(err, keys.ErrNone):
		opts.KeyWhy = err.Error()
	default:
		return opts, usage(err)
	}
	if o.signers != "" {
		if opts.Allowed, err = readSigners(o.signers); err != nil {
			return opts, usage(err)
		}
	}
	if o.checkpoint == "" {
		return opts, nil
	}
	if opts.Key == nil {
		return opts, usage(errors.New("a checkpoint takes the key that signed it: name it with --key"))
	}
	opts.Kept, err = readKept(ctx, o.checkpoint, key)
	if err != nil {
		return opts, &exitError{code: exitEvidence, err: err}
	}
	return opts, nil
}

// readSigners reads the list of allowed signers. An empty one allows nobody.
func readSigners(file string) (signoff.Allowed, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the allowed signers: %w", err)
	}
	all, err := signoff.ReadAllowed(text)
	if err != nil {
		return nil, fmt.Errorf("the allowed signers in %s: %w", file, err)
	}
	return append(signoff.Allowed{}, all...), nil
}

func (p *process) trusted(named string) (keys.Public, string, error) {
	if named == "" {
		return keys.Own(p.Env)
	}
	key, err := keys.Trusted(named)
	return key, "--key", err
}

// readKept reads what was kept: a checkpoint, a proof, or a whole register.
func readKept(ctx context.Context, file string, key keys.Public) (*verify.Kept, error) {
	if isRegister(file) {
		v, err := register.Read(ctx, file, key)
		if err != nil {
			return nil, err
		}
		return verify.KeptView(file, v)
	}
	if strings.HasSuffix(file, ".zip") {
		b, err := archive.Open(file)
		if err != nil {
			return nil, err
		}
		defer b.Close()
		if b.Register == "" {
			return nil, fmt.Errorf("%s has no register in it", file)
		}
		v, err := register.Read(ctx, b.Register, key)
		if err != nil {
			return nil, err
		}
		return verify.KeptView(file, v)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the checkpoint: %w", err)
	}
	return verify.ReadKept(file, text, key)
}
