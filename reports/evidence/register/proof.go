package register

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"maildrill/reports/evidence/keys"
)

// Proof is what shows, without the register, that a leaf is in it
// (c2sp.org/tlog-proof). The leaf itself is its extra data: it is trusted because
// its hash leads to the root.
type Proof struct {
	Index  int64
	Line   []byte
	Path   tlog.RecordProof
	Signed []byte // checkpoint
}

const proofHeader = "c2sp.org/tlog-proof@v1"

// Prove gives the proof of a leaf under the present checkpoint.
func (v *View) Prove(n int64) (*Proof, error) {
	path, err := tlog.ProveRecord(v.Checkpoint.Size, n, &v.tree)
	if err != nil {
		return nil, fmt.Errorf("prove leaf %d: %w", n, err)
	}
	return &Proof{Index: n, Line: v.lines[n], Path: path, Signed: v.Signed}, nil
}

// Marshal writes run.tlog-proof.
func (p *Proof) Marshal() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\nextra %s\nindex %d\n", proofHeader, base64.StdEncoding.EncodeToString(p.Line), p.Index)
	for _, h := range p.Path {
		fmt.Fprintf(&out, "%s\n", h)
	}
	out.WriteByte('\n')
	out.Write(p.Signed)
	return out.Bytes()
}

// ReadProof reads a proof and checks it: the key has signed its checkpoint, and
// the path leads from the leaf to the root. It takes nothing that Marshal does not
// write.
func ReadProof(text []byte, key keys.Public) (*Proof, Leaf, Checkpoint, error) {
	p, err := parseProof(text)
	if err != nil {
		return nil, Leaf{}, Checkpoint{}, err
	}
	c, err := readOwn(p.Signed, key)
	if err != nil {
		return nil, Leaf{}, Checkpoint{}, fmt.Errorf("its checkpoint: %w", err)
	}
	l, err := parseLeaf(p.Line)
	if err != nil {
		return nil, Leaf{}, Checkpoint{}, fmt.Errorf("its leaf: %w", err)
	}
	if err := tlog.CheckRecord(p.Path, c.Size, c.Root, p.Index, tlog.RecordHash(p.Line)); err != nil {
		return nil, Leaf{}, Checkpoint{}, fmt.Errorf("its path does not lead from leaf %d to the root of the checkpoint", p.Index)
	}
	return p, l, c, nil
}

func parseProof(text []byte) (*Proof, error) {
	head, signed, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 3 || lines[0] != proofHeader {
		return nil, errors.New("it is no proof of the form " + proofHeader)
	}
	p := &Proof{Signed: signed}
	var err error
	if p.Line, err = base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(lines[1], "extra ")); err != nil {
		return nil, errors.New("its leaf cannot be read")
	}
	if p.Index, err = strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64); err != nil {
		return nil, errors.New("its index cannot be read")
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return nil, errors.New("a hash of its path cannot be read")
		}
		p.Path = append(p.Path, h)
	}
	if !bytes.Equal(p.Marshal(), text) {
		return nil, errors.New("it is not in the form that maildrill writes")
	}
	return p, nil
}
