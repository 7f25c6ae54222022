package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/reports/evidence/seal"
	"maildrill/reports/evidence/signoff"
	"maildrill/reports/evidence/verify"
)

// signExercise puts an SSH key to an exercise. What is signed is a statement of the
// log as it stands; the signature itself is the next line of it.
func (p *process) signExercise(folder gameday.Folder, o signOptions) error {
	log, err := gameday.Open(folder)
	if err != nil {
		return usage(err)
	}
	r, _, err := log.Read()
	if err != nil {
		return &exitError{code: exitEvidence, err: err}
	}
	who, err := r.Part(cmp.Or(o.by, o.name), o.role)
	if err != nil {
		return usage(err)
	}
	who.Via = "terminal"
	if r.State != exercise.Debrief && r.State != exercise.Signed {
		return usage(fmt.Errorf("an exercise is signed after the hot wash; it is %s", r.State))
	}
	if err := exercise.May(who, exercise.SignedOff, ""); err != nil {
		return usage(err)
	}
	signer, done, err := p.signer(o)
	if err != nil {
		return err
	}
	defer done()
	statement, text, err := log.State()
	if err != nil {
		return failure(err)
	}
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	into := filepath.Join(string(folder), seal.SignoffFolder)
	sheet := signoff.Sheet{Run: r.ID, Manifest: digest, Role: who.Role, Name: o.name, At: time.Now().UTC().Format(time.RFC3339), Remark: o.remark}
	path, _, err := signoff.Sign(into, sheet, signer)
	if err != nil {
		return usage(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(statementFile(folder, digest)), 0o755), os.WriteFile(statementFile(folder, digest), text, 0o644)); err != nil {
		return &exitError{code: exitEnvironment, err: err}
	}
	after, err := log.Append(who, exercise.SignedOff, exercise.Signature{Record: statement.Record})
	if err == nil {
		after, err = log.Append(who, exercise.StateChanged, exercise.Move{To: exercise.Signed})
	}
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(p.Stdout, "signed: %s\n", path)
	return failure(gameday.WriteRecord(folder, after))
}

// statementFile is where the statement with a digest is kept.
func statementFile(f gameday.Folder, digest string) string {
	return filepath.Join(string(f), "statements", digest[:16]+".json")
}

// exerciseNamed finds the exercise that a name stands for, if it is one and no run:
// its folder, or an id or a name below exercises.
func exerciseNamed(name string) (gameday.Folder, bool) {
	if f := gameday.Folder(name); exists(name) {
		return f, exists(f.Log()) && exists(f.GameDay())
	}
	f, err := gameday.Find("exercises", name)
	return f, err == nil && name != ""
}

// verifyExercise checks the chain of the log, the file that it began with, and
// every signature with the statement that it is of.
func (p *process) verifyExercise(folder gameday.Folder, opts verify.Options) error {
	log, err := gameday.Open(folder)
	var r exercise.Record
	if err == nil {
		r, _, err = log.Read()
	}
	text, failed := os.ReadFile(folder.GameDay())
	if err = errors.Join(err, failed); err == nil {
		err = log.CheckFile(text)
	}
	if err != nil {
		return &exitError{code: exitEvidence, err: err}
	}
	signed, err := signoff.Read(filepath.Join(string(folder), seal.SignoffFolder))
	if err != nil {
		return &exitError{code: exitEvidence, err: err}
	}
	for _, s := range signed {
		if err := p.checkSignature(log, folder, s, opts); err != nil {
			return &exitError{code: exitEvidence, err: fmt.Errorf("the signature of %s as %s: %w", s.Sheet.Name, s.Sheet.Role, err)}
		}
	}
	if len(signed) != len(r.Signatures) {
		return &exitError{code: exitEvidence, err: fmt.Errorf("the log tells of %d signatures, and %d are there", len(r.Signatures), len(signed))}
	}
	fmt.Fprintf(p.Stdout, "%s: %d lines follow from each other, %d signatures fit; EXERCISE %s\n", r.ID, r.Events, len(signed), cmp.Or(string(r.Verdict), "without a verdict"))
	return nil
}

func (p *process) checkSignature(log *gameday.Log, folder gameday.Folder, s signoff.Signed, opts verify.Options) error {
	if s.Err != nil {
		return s.Err
	}
	text, err := os.ReadFile(statementFile(folder, s.Sheet.Manifest))
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != s.Sheet.Manifest {
		return errors.New("the statement is not the one that was signed")
	}
	if err := log.Check(text); err != nil {
		return err
	}
	if opts.Allowed != nil {
		return opts.Allowed.Allows(s)
	}
	return nil
}
