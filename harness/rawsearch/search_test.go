package rawsearch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

func tokens(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("md1-%08x-%010d", i*2654435761, i)) // 23 bytes
	}
	return list
}

func find(t *testing.T, texts []string, file io.Reader) map[string]string {
	t.Helper()
	s, err := New(texts)
	if err != nil {
		t.Fatal(err)
	}
	s.buffer = make([]byte, small)
	if err := s.Read(t.Context(), "file", file); err != nil {
		t.Fatal(err)
	}
	return s.Found()
}

// small is a buffer that short files pass too.
const small = 2 * Longest

// noise is a text of lines as a mail body has, of at least n bytes.
func noise(n int, r *rand.Rand) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var b strings.Builder
	for b.Len() < n {
		for range 76 {
			b.WriteByte(letters[r.IntN(len(letters))])
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// TestEveryPlace: a text is found at each distance from the border of the
// buffer, from the beginning and from the end of the file.
func TestEveryPlace(t *testing.T) {
	texts := []string{"md1-00000001-0000000001", "longer-than-the-others-md1-00000002-0000000002"}
	r := rand.New(rand.NewPCG(1, 2))
	body := noise(2*small, r)
	for _, text := range texts {
		for _, around := range []int{0, small, len(body) - len(text)} {
			for shift := -2 * len(text); shift <= 2*len(text); shift++ {
				at := max(0, min(around+shift, len(body)-len(text)))
				file := body[:at] + text + body[at+len(text):]
				if got := find(t, texts, strings.NewReader(file)); len(got) != 1 || got[text] != "file" {
					t.Fatalf("%q at byte %d of %d: found %v", text, at, len(file), got)
				}
			}
		}
	}
}

// TestManyAgainstPlainSearch compares with strings.Contains, on texts that
// share beginnings and ends, and of several lengths.
func TestManyAgainstPlainSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		var texts []string
		for range 1 + r.IntN(20) {
			var b strings.Builder
			for range Shortest + r.IntN(12) {
				b.WriteByte("ab"[r.IntN(2)])
			}
			texts = append(texts, b.String())
		}
		var b strings.Builder
		for range r.IntN(2000) {
			b.WriteByte("ab"[r.IntN(2)])
		}
		want := map[string]string{}
		for _, text := range texts {
			if strings.Contains(b.String(), text) {
				want[text] = "file"
			}
		}
		if got := find(t, texts, iotest.OneByteReader(strings.NewReader(b.String()))); !maps.Equal(got, want) {
			t.Fatalf("round %d: found %d of %d texts, want %d", round, len(got), len(texts), len(want))
		}
	}
}

func TestFirstPathStaysAndAllFoundEndsTheSearch(t *testing.T) {
	texts := tokens(2)
	s, err := New(append(texts, texts[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct{ path, text string }{
		{"a", "x" + texts[0]}, {"b", texts[0] + texts[1]},
	} {
		if err := s.Read(t.Context(), file.path, strings.NewReader(file.text)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Found(); got[texts[0]] != "a" || got[texts[1]] != "b" || !s.Done() {
		t.Errorf("found %v, done %v", got, s.Done())
	}
	if err := s.Read(t.Context(), "c", iotest.ErrReader(errors.New("must not be read"))); err != nil {
		t.Error(err)
	}
}

// TestCutShort: a file that ends too soon is an error, and what was found
// before counts.
func TestCutShort(t *testing.T) {
	texts := tokens(2)
	s, err := New(texts)
	if err != nil {
		t.Fatal(err)
	}
	file := io.MultiReader(strings.NewReader(texts[1]), iotest.ErrReader(io.ErrUnexpectedEOF))
	if err := s.Read(t.Context(), "file", file); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("err = %v", err)
	}
	if s.Found()[texts[1]] != "file" {
		t.Errorf("found %v", s.Found())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ctx, "file", strings.NewReader(texts[0])); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestRefused(t *testing.T) {
	for name, texts := range map[string][]string{
		"empty": {""}, "short": {"abcdefg"}, "long": {strings.Repeat("x", Longest+1)}, "many": make([]string, MaxTexts+1),
	} {
		if _, err := New(texts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := find(t, nil, strings.NewReader("anything at all")); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

func TestMemoryStaysBounded(t *testing.T) {
	s, err := New(tokens(300))
	if err != nil {
		t.Fatal(err)
	}
	body := noise(1<<20, rand.New(rand.NewPCG(5, 6)))
	grown := testing.AllocsPerRun(5, func() {
		if err := s.Read(t.Context(), "file", strings.NewReader(body)); err != nil {
			t.Error(err)
		}
	})
	if grown > 10 {
		t.Errorf("%v allocations for a file", grown)
	}
}

func BenchmarkRead(b *testing.B) {
	s, err := New(tokens(300))
	if err != nil {
		b.Fatal(err)
	}
	body := noise(8<<20, rand.New(rand.NewPCG(7, 8)))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if err := s.Read(b.Context(), "file", strings.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}
