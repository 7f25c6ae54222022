package stored

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// manageSieve is a server with scripts, for one connection at a time.
type manageSieve struct {
	t       *testing.T
	scripts map[string]string
	active  string
}

// Dial implements Dialer.
func (m *manageSieve) Dial(_ context.Context, _ string, service topology.Service) (net.Conn, error) {
	if service != ManageSieve {
		return nil, topology.ErrRefused
	}
	client, server := net.Pipe()
	go m.serve(server)
	return client, nil
}

func (m *manageSieve) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	answer := `"IMPLEMENTATION" "test"` + "\r\n" + `"SASL" "PLAIN"` + "\r\nOK\r\n"
	for {
		if _, err := conn.Write([]byte(answer)); err != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer = m.answer(strings.TrimSpace(line), in)
	}
}

func (m *manageSieve) answer(line string, in *bufio.Reader) string {
	verb, rest, _ := strings.Cut(line, " ")
	switch name := strings.Trim(rest, `"`); verb {
	case "AUTHENTICATE":
		if rest != `"PLAIN" "AHMAcA=="` {
			return "NO \"who are you\"\r\n"
		}
	case "PUTSCRIPT":
		name, size, _ := strings.Cut(rest, " ")
		var n int
		if _, err := fmt.Sscanf(size, "{%d+}", &n); err != nil {
			return "NO\r\n"
		}
		text := make([]byte, n+2)
		for i := range text {
			text[i], _ = in.ReadByte()
		}
		m.scripts[strings.Trim(name, `"`)] = string(text[:n])
	case "SETACTIVE":
		m.active = name
	case "LISTSCRIPTS":
		var b strings.Builder
		for name := range m.scripts {
			fmt.Fprintf(&b, "%q%s\r\n", name, map[bool]string{true: " ACTIVE"}[name == m.active])
		}
		return b.String() + "OK\r\n"
	case "GETSCRIPT":
		return fmt.Sprintf("{%d}\r\n%s\r\nOK\r\n", len(m.scripts[name]), m.scripts[name])
	default:
		m.t.Errorf("unexpected %q", line)
	}
	return "OK\r\n"
}

// TestSieveScripts: what was stored is read back; another text is another
// digest.
func TestSieveScripts(t *testing.T) {
	m := &manageSieve{t: t, scripts: map[string]string{"vacation": "keep;\r\n"}}
	i := New(Config{Dialer: m, Sieve: true, Accounts: []topology.Account{{User: "s", Password: "p"}}})
	w := i.workers[0]
	if err := w.putScript(t.Context()); err != nil {
		t.Fatal(err)
	}
	read := func() []ledger.StoredScript {
		var got ledger.Manifest
		if err := w.readScripts(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		return got.Scripts
	}
	before := read()
	if len(before) != 2 || before[0].Name != scriptName || !before[0].Active || before[1].Active || before[0].Digest == before[1].Digest {
		t.Errorf("scripts %+v", before)
	}
	if again := read(); !slices.Equal(again, before) {
		t.Errorf("read again %+v", again)
	}
	m.scripts[scriptName] += "stop;\r\n"
	if changed := read(); changed[0].Digest == before[0].Digest {
		t.Errorf("a changed script reads the same")
	}
	w.account.Password = "wrong"
	if err := w.putScript(t.Context()); err == nil {
		t.Error("no error after a refused login")
	}
}
