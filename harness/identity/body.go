package identity

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
)

// bodyCheck compares a body with what Render wrote.
type bodyCheck struct {
	head   []byte // token and colon, with which every line begins
	digest hash.Hash
	next   int // number of the line that should follow
	ended  bool
	damage string // the first thing that was wrong
}

func newBodyCheck() *bodyCheck { return &bodyCheck{digest: sha256.New(), next: 1} }

// firstToken is what stands where the first body line has its token.
func firstToken(line []byte) string {
	token, _, _ := bytes.Cut(line, []byte(":"))
	return string(bytes.TrimPrefix(token, []byte(".")))
}

// read takes the first line, with the error that came with it, and the rest.
func (c *bodyCheck) read(b *bufio.Reader, line []byte, err error) error {
	for {
		if len(line) > 0 || err == nil {
			c.line(line)
		}
		if err != nil {
			break
		}
		line, err = readLine(b)
	}
	if !c.ended {
		c.hurt("truncated after line %d", c.next-1)
	}
	return ignoreEOF(err)
}

func (c *bodyCheck) hurt(format string, args ...any) {
	if c.damage == "" {
		c.damage = fmt.Sprintf(format, args...)
	}
}

func (c *bodyCheck) line(line []byte) {
	if c.ended {
		if len(line) > 0 { // empty lines after the end are some stores' habit
			c.hurt("text after the end: %.40q", line)
		}
		return
	}
	rest, ours := bytes.CutPrefix(bytes.TrimPrefix(line, []byte(".")), c.head)
	if !ours {
		c.hurt("foreign line after line %d: %.40q", c.next-1, line)
		return
	}
	number, rest, _ := bytes.Cut(rest, []byte(":"))
	if string(number) == "END" {
		c.end(rest)
		return
	}
	c.body(line, number, rest)
}

func (c *bodyCheck) body(line, number, rest []byte) {
	if n, err := strconv.Atoi(string(number)); err != nil || n != c.next {
		c.hurt("line %d expected, %.10q found", c.next, number)
	}
	want, text, _ := bytes.Cut(rest, []byte(":"))
	if sum := lineSum(line[:len(line)-len(rest)], text); string(sum[:]) != string(want) {
		c.hurt("line %d is changed", c.next)
	}
	c.digest.Write(line)
	c.next++
}

func (c *bodyCheck) end(rest []byte) {
	c.ended = true
	count, digest, _ := bytes.Cut(rest, []byte(":"))
	if n, err := strconv.Atoi(string(count)); err != nil || n != c.next-1 {
		c.hurt("%d lines found, %.10q sent", c.next-1, count)
	}
	if sum := c.digest.Sum(nil); hex.EncodeToString(sum[:16]) != string(digest) {
		c.hurt("the digest of the whole differs")
	}
}
