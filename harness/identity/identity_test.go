package identity

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var key = NewKey("run-1", 7)

func message(size int) []byte {
	return key.Render(nil, Message{
		Token: Token{Run: key.Run, Seq: 42}, Attempt: 1, From: "a@bounce.test",
		To: []string{"u1@drill.test", "u2@drill.test"}, Size: size, Date: time.Unix(0, 0).UTC(),
	})
}

func TestTokenRoundTrip(t *testing.T) {
	for _, tok := range []Token{{key.Run, 0, 1}, {key.Run, 65535, 1<<32 - 1}} {
		got, err := key.Decode(key.Encode(tok))
		if err != nil || got != tok {
			t.Errorf("Decode(Encode(%v)) = %v, %v", tok, got, err)
		}
		if len(key.Encode(tok)) != TokenLength {
			t.Errorf("length %d, want %d", len(key.Encode(tok)), TokenLength)
		}
		if got, err := FromAddress(key.VERP(tok, "bounce.test")); err != nil || got != tok {
			t.Errorf("FromAddress = %v, %v", got, err)
		}
	}
	if _, err := NewKey("run-2", 7).Decode(key.Encode(Token{})); !errors.Is(err, ErrForeign) {
		t.Errorf("another run's token: %v", err)
	}
	for _, s := range []string{"", "b.", "u1@drill.test", strings.Repeat("!", TokenLength)} {
		if _, err := key.Decode(s); !errors.Is(err, ErrNoToken) {
			t.Errorf("Decode(%q): %v", s, err)
		}
	}
}

// The MAC is the one of RFC 2104, whatever the length of the text.
func TestMACIsHMAC(t *testing.T) {
	for n := range 2000 {
		text := bytes.Repeat([]byte{byte(n)}, n)
		m := hmac.New(sha256.New, key.secret[:])
		m.Write(text)
		if sum := key.mac(text); !bytes.Equal(sum[:], m.Sum(nil)[:macBytes]) {
			t.Fatalf("of %d bytes: %x", n, sum)
		}
	}
}

// A load of messages makes no garbage.
func TestRenderDoesNotAllocate(t *testing.T) {
	m := Message{Token: Token{Run: key.Run, Seq: 1}, Attempt: 1, From: "a@bounce.test", To: []string{"u1@drill.test"}, Size: 2 << 10, Date: time.Now()}
	buffer := make([]byte, 0, 4<<10)
	if n := testing.AllocsPerRun(100, func() { buffer = key.Render(buffer[:0], m) }); n > 0 {
		t.Errorf("%g allocations", n)
	}
}

func TestInspectIntact(t *testing.T) {
	for _, size := range []int{0, 1 << 10, 8 << 10, 64 << 10, 1 << 20} {
		raw := message(size)
		if size >= 1<<10 && (len(raw) < size-200 || len(raw) > size+200) {
			t.Errorf("size %d rendered as %d", size, len(raw))
		}
		traced := append([]byte("Received: from a by mx1.drill.test (Postfix)\r\n\twith ESMTP id 4X1; Mon\r\n"), raw...)
		for name, text := range map[string][]byte{"CRLF": traced, "LF": bytes.ReplaceAll(traced, []byte("\r\n"), []byte("\n"))} {
			f, err := key.Inspect(bytes.NewReader(text))
			if err != nil || !f.Intact || f.Class != Ours || f.Token.Seq != 42 || len(f.Recipients) != 2 {
				t.Errorf("%s %d: %+v, %v", name, size, f, err)
			}
			if len(f.Hops) != 1 || f.Hops[0] != "mx1.drill.test 4X1" {
				t.Errorf("hops %q", f.Hops)
			}
		}
	}
}

// Only a key that seeks a header field misses it; one of the body is none.
func TestInspectSeeksAMark(t *testing.T) {
	raw := message(1 << 10)
	marked := append([]byte("x-filtered-BY: filter1\r\n"), raw...)
	for name, c := range map[string]struct {
		key  Key
		text []byte
		want bool
	}{
		"not sought": {key, raw, false}, "missing": {key.Seeking("X-Filtered-By"), raw, true},
		"there":       {key.Seeking("X-Filtered-By"), marked, false},
		"in the body": {key.Seeking("X-Filtered-By"), append(bytes.Clone(raw), "X-Filtered-By: me\r\n"...), true},
	} {
		if f, err := c.key.Inspect(bytes.NewReader(c.text)); err != nil || f.Class != Ours || f.Unmarked != c.want {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestInspectFindsDamage(t *testing.T) {
	raw := message(8 << 10)
	head := bytes.Index(raw, []byte("\r\n\r\n")) + 4
	for i := head; i < len(raw)-2; i += 13 {
		flipped := bytes.Clone(raw)
		flipped[i] ^= 1
		if f, _ := key.Inspect(bytes.NewReader(flipped)); f.Intact {
			t.Fatalf("flip at %d of %d is not found", i, len(raw))
		}
		if f, _ := key.Inspect(bytes.NewReader(raw[:i])); f.Intact {
			t.Fatalf("cut at %d of %d is not found", i, len(raw))
		}
	}
	if f, _ := key.Inspect(bytes.NewReader(append(bytes.Clone(raw), "spliced\r\n"...))); f.Intact {
		t.Error("spliced text is not found")
	}
}

// Damage is named by its place.
func TestInspectNamesTheLine(t *testing.T) {
	head, body, _ := strings.Cut(string(message(2<<10)), "\r\n\r\n")
	lines := strings.SplitAfter(body, "\r\n")
	for want, changed := range map[string][]string{
		"line 3 expected, \"4\" found": slices.Delete(slices.Clone(lines), 2, 3),
		"line 4 expected, \"3\" found": slices.Insert(slices.Clone(lines), 3, lines[2]),
		"line 3 is changed":            slices.Replace(slices.Clone(lines), 2, 3, strings.Replace(lines[2], "fox", "fix", 1)),
		"truncated after line 3":       lines[:3],
	} {
		f, err := key.Inspect(strings.NewReader(head + "\r\n\r\n" + strings.Join(changed, "")))
		if err != nil || f.Intact || f.Damage != want {
			t.Errorf("damage %q, want %q; %v", f.Damage, want, err)
		}
	}
}

func TestInspectClasses(t *testing.T) {
	other := NewKey("run-2", 7)
	if f, _ := other.Inspect(bytes.NewReader(message(0))); f.Class != Stale {
		t.Errorf("another run's message is %s", f.Class)
	}
	if f, _ := key.Inspect(strings.NewReader("Subject: hello\r\n\r\nhi\r\n")); f.Class != Alien {
		t.Errorf("a foreign message is %s", f.Class)
	}
}

// Any one of the places that carry the token is enough to know whose message
// it is; that a header is missing or changed is damage.
func TestInspectSurvivesLostHeaders(t *testing.T) {
	raw := string(message(2 << 10))
	without := func(text string, names ...string) string {
		for _, name := range names {
			text = regexp.MustCompile(`(?m)^`+name+`: [^\r]*\r\n( [^\r]*\r\n)*`).ReplaceAllString(text, "")
		}
		return text
	}
	for name, c := range map[string]struct{ text, damage string }{
		"no token header":   {without(raw, HeaderToken), "the header X-Drill-Token is gone"},
		"no message id":     {without(raw, HeaderToken, "Message-ID"), "the header Message-ID is gone"},
		"only the body":     {without(raw, HeaderToken, "Message-ID", "Subject"), "the header Message-ID is gone"},
		"no recipients":     {without(raw, HeaderTo), "the header X-Drill-To is gone"},
		"no sum":            {without(raw, HeaderSum), "the header X-Drill-Sum is gone"},
		"recipient changed": {strings.Replace(raw, "u2@drill", "u3@drill", 2), "a header field is changed"},
		"subject changed":   {strings.Replace(raw, "Subject: ", "Subject: [SPAM] ", 1), "a header field is changed"},
		"token changed":     {strings.Replace(raw, HeaderToken+": ", HeaderToken+": x", 1), "a header field is changed"},
		"attempt changed":   {strings.Replace(raw, HeaderAttempt+": 1", HeaderAttempt+": 2", 1), "a header field is changed"},
		"cut in the header": {raw[:strings.Index(raw, "MIME-Version")], "truncated in the headers"},
		"nothing but token": {HeaderToken + ": " + key.Encode(Token{Run: key.Run, Seq: 42}), "truncated in the headers"},
	} {
		f, err := key.Inspect(strings.NewReader(c.text))
		if err != nil || f.Class != Ours || f.Token.Seq != 42 || f.Intact || f.Damage != c.damage {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

// Servers add trace fields, fold, and change what is theirs; none of it is
// damage.
func TestInspectToleratesWhatServersMayDo(t *testing.T) {
	raw := string(message(2 << 10))
	for name, text := range map[string]string{
		"trace":       "Return-Path: <a@bounce.test>\r\nDelivered-To: u1@drill.test\r\nX-Spam-Status: No\r\n" + raw,
		"other From":  strings.Replace(raw, "From: <a@bounce.test>", "From: A <a@bounce.test>", 1),
		"refolded":    strings.Replace(raw, "u1@drill.test,\r\n ", "u1@drill.test,\r\n\t  ", 2),
		"unfolded":    strings.Replace(raw, "u1@drill.test,\r\n ", "u1@drill.test, ", 2),
		"empty lines": raw + "\r\n\r\n",
	} {
		if f, err := key.Inspect(strings.NewReader(text)); err != nil || !f.Intact {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

// Every server must take the message as it is: RFC 5322, section 2.1.1.
func TestRenderIsPlain(t *testing.T) {
	m := Message{Token: Token{Run: key.Run, Seq: 1}, Attempt: 1, From: "a@bounce.test", Size: 64 << 10}
	for i := range 500 {
		m.To = append(m.To, fmt.Sprintf("user-%d@drill.test", i))
	}
	raw := key.Render(nil, m)
	dots := 0
	for _, line := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) || strings.HasSuffix(line, " ") {
			t.Fatalf("line %q", line)
		}
		if strings.HasPrefix(line, ".") {
			dots++
		}
	}
	if dots == 0 {
		t.Error("dot-stuffing is not exercised")
	}
	if f, err := key.Inspect(bytes.NewReader(raw)); err != nil || !f.Intact || !slices.Equal(f.Recipients, m.To) {
		t.Errorf("%d recipients, damage %q, %v", len(f.Recipients), f.Damage, err)
	}
}

// Hostile input costs no memory: neither endless lines nor endless headers.
func TestInspectIsBounded(t *testing.T) {
	header := strings.Repeat("Received: by x with SMTP id y\r\n", 1<<16)
	f, err := key.Inspect(io.MultiReader(strings.NewReader(header), bytes.NewReader(message(0))))
	if err != nil || len(f.Hops) != maxHops {
		t.Errorf("%d hops, %v", len(f.Hops), err)
	}
	long := message(0)
	f, err = key.Inspect(io.MultiReader(bytes.NewReader(long), strings.NewReader(strings.Repeat("x", 4<<20))))
	if err != nil || f.Class != Ours || f.Intact {
		t.Errorf("%+v, %v", f, err)
	}
}

func BenchmarkRender(b *testing.B) {
	for _, size := range []int{2 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			m := Message{Token: Token{Run: key.Run, Seq: 1}, From: "a@bounce.test", To: []string{"u1@drill.test"}, Size: size, Date: time.Now()}
			b.SetBytes(int64(m.Size))
			b.ReportAllocs()
			var buffer []byte
			for b.Loop() {
				buffer = key.Render(buffer[:0], m)
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	for _, size := range []int{2 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			raw := message(size)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if f, err := key.Inspect(bytes.NewReader(raw)); err != nil || !f.Intact {
					b.Fatal(f, err)
				}
			}
		})
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(message(2 << 10))
	f.Add([]byte("X-Drill-Token: \x00\xff\r\n\r\n.\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := key.Inspect(bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
	})
}
