package stored

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// ManageSieve is the service that a node names by its number where it offers
// ManageSieve (RFC 5804): `services: {"4190": 4190}`.
const ManageSieve topology.Service = "4190"

// corpusScript is active in every account of stored mail. It files nothing: no
// mail is delivered there.
const (
	scriptName = "drill"
	scriptText = "# maildrill: this script must be here after the drill, and active.\r\nkeep;\r\n"
)

// sieve is a ManageSieve session.
type sieve struct {
	conn net.Conn
	r    *bufio.Reader
	stop func() bool
}

// sieveLogin opens a session by AUTHENTICATE PLAIN (RFC 4616).
func (w *worker) sieveLogin(ctx context.Context) (*sieve, error) {
	conn, err := w.Dialer.Dial(ctx, w.Store, ManageSieve)
	if err != nil {
		return nil, fmt.Errorf("connect to ManageSieve of %s: %w", w.Store, err)
	}
	s := &sieve{conn: bound(conn), stop: context.AfterFunc(ctx, func() { conn.Close() })}
	s.r = bufio.NewReader(s.conn)
	_, err = s.answers() // the capabilities
	if err == nil {
		secret := base64.StdEncoding.EncodeToString([]byte("\x00" + w.account.User + "\x00" + w.account.Password))
		_, err = s.command(fmt.Sprintf(`AUTHENTICATE "PLAIN" "%s"`, secret))
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("log in to ManageSieve of %s: %w", w.Store, err)
	}
	return s, nil
}

func (s *sieve) close() {
	s.stop()
	s.conn.Close()
}

// sieveLines bounds the answer to one command.
const sieveLines = 10_000

func (s *sieve) command(line string) ([]string, error) {
	if _, err := fmt.Fprintf(s.conn, "%s\r\n", line); err != nil {
		return nil, err
	}
	return s.answers()
}

// answers reads up to OK; a literal is part of the line that announces it.
func (s *sieve) answers() ([]string, error) {
	var all []string
	for len(all) < sieveLines {
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		switch word, _, _ := strings.Cut(line, " "); strings.ToUpper(word) {
		case "OK":
			return all, nil
		case "NO", "BYE":
			return nil, fmt.Errorf("the server says %.100q", line)
		}
		all = append(all, line)
	}
	return nil, errors.New("too many answers")
}

func (s *sieve) line() (string, error) {
	line, err := s.r.ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if err != nil || !strings.HasSuffix(line, "}") {
		return line, err
	}
	open := strings.LastIndexByte(line, '{')
	n, bad := strconv.Atoi(strings.TrimSuffix(line[max(open, 0)+1:len(line)-1], "+"))
	if open < 0 || bad != nil || n < 0 || n > wireLiteral {
		return line, nil // a quoted string may end so too
	}
	text := make([]byte, n)
	for i := range text {
		if text[i], err = s.r.ReadByte(); err != nil {
			return "", err
		}
	}
	rest, err := s.r.ReadString('\n')
	return line[:open] + string(text) + strings.TrimRight(rest, "\r\n"), err
}

// putScript stores and activates the script of the corpus, where ManageSieve is
// offered.
func (w *worker) putScript(ctx context.Context) error {
	if !w.Sieve {
		return nil
	}
	s, err := w.sieveLogin(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	_, err = s.command(fmt.Sprintf("PUTSCRIPT %q {%d+}\r\n%s", scriptName, len(scriptText), scriptText))
	if err == nil {
		_, err = s.command(fmt.Sprintf("SETACTIVE %q", scriptName))
	}
	if err != nil {
		return fmt.Errorf("store a Sieve script: %w", err)
	}
	return nil
}

// readScripts adds every Sieve script to a manifest.
func (w *worker) readScripts(ctx context.Context, m *ledger.Manifest) error {
	if !w.Sieve {
		m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: "sieve", Why: "the store does not offer ManageSieve"})
		return nil
	}
	s, err := w.sieveLogin(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	listed, err := s.command("LISTSCRIPTS")
	if err != nil {
		return fmt.Errorf("list the Sieve scripts: %w", err)
	}
	for _, line := range listed {
		quoted, active := line, strings.HasSuffix(strings.ToUpper(line), " ACTIVE")
		if active {
			quoted = line[:len(line)-len(" ACTIVE")]
		}
		name := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(strings.Trim(quoted, `"`))
		text, err := s.command("GETSCRIPT " + wireQuote(name))
		if err != nil {
			return fmt.Errorf("read the Sieve script %q: %w", name, err)
		}
		m.Scripts = append(m.Scripts, ledger.StoredScript{Name: name, Active: active, Digest: digest([]byte(strings.Join(text, "\n")))})
	}
	slices.SortFunc(m.Scripts, func(a, b ledger.StoredScript) int { return strings.Compare(a.Name, b.Name) })
	return nil
}
