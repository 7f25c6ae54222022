package register

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maildrill/reports/evidence/keys"
)

// Checkpoint is what the head of a register commits to.
type Checkpoint struct {
	Origin string // the name of the key
	Size   int64  // leaves
	Root   tlog.Hash
}

func (c Checkpoint) text() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// sign gives the signed note.
func (c Checkpoint) sign(key *keys.Key) ([]byte, error) {
	b, err := note.Sign(&note.Note{Text: c.text()}, key.Note())
	if err != nil {
		return nil, fmt.Errorf("sign the checkpoint: %w", err)
	}
	return b, nil
}

// ReadCheckpoint reads a signed checkpoint. The key must have signed it; other
// signatures, such as those of witnesses, are passed over.
func ReadCheckpoint(signed []byte, key keys.Public) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(key.Note()))
	switch err := err.(type) {
	case nil:
		return parseCheckpoint(n.Text, key.Name())
	case *note.UnverifiedNoteError:
		return Checkpoint{}, fmt.Errorf("it is signed by %s, not by %s", signers(err.Note), key.ID())
	case *note.InvalidSignatureError:
		return Checkpoint{}, fmt.Errorf("the signature of %s does not fit its text", key.ID())
	}
	return Checkpoint{}, fmt.Errorf("it is no signed checkpoint: %w", err)
}

func signers(n *note.Note) string {
	var all []string
	for _, s := range n.UnverifiedSigs {
		all = append(all, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
	}
	return strings.Join(all, ", ")
}

// parseCheckpoint reads the three lines. Lines that a later version adds after
// them are signed too, and passed over.
func parseCheckpoint(text, origin string) (Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 {
		return Checkpoint{}, fmt.Errorf("it has %d lines, and a checkpoint has three", len(lines))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%q is no number of leaves", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, fmt.Errorf("%q is no root hash", lines[2])
	}
	if lines[0] != origin {
		return Checkpoint{}, fmt.Errorf("it is of the register %q, and the key is of %q", lines[0], origin)
	}
	c := Checkpoint{Origin: lines[0], Size: size}
	copy(c.Root[:], root)
	return c, nil
}

// readOwn reads a checkpoint that maildrill wrote itself: a byte more or another
// one is a change, even where it would mean nothing.
func readOwn(signed []byte, key keys.Public) (Checkpoint, error) {
	c, err := ReadCheckpoint(signed, key)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open(signed, note.VerifierList(key.Note()))
	if err != nil {
		return Checkpoint{}, err
	}
	var own bytes.Buffer
	own.WriteString(n.Text + "\n")
	for _, s := range n.Sigs {
		b, _ := base64.StdEncoding.DecodeString(s.Base64) // which has bits that mean nothing
		fmt.Fprintf(&own, "— %s %s\n", s.Name, base64.StdEncoding.EncodeToString(b))
	}
	if n.Text != c.text() || len(n.UnverifiedSigs) > 0 || !bytes.Equal(own.Bytes(), signed) {
		return Checkpoint{}, fmt.Errorf("it is not in the form that maildrill writes")
	}
	return c, nil
}
