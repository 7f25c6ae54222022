package signoff_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"maildrill/reports/evidence/signoff"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const name = "jane@example.test"

var sheet = signoff.Sheet{Run: "run-a", Manifest: strings.Repeat("ab", 32), Role: "reviewer", Name: name, At: "2026-11-30T12:00:00Z", Remark: "seen, see ticket 4711 <script>"}

// private are keys of every kind that people have.
func private(t testing.TB) map[string]any {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return map[string]any{"ed25519": ed, "ecdsa": ec, "rsa": r}
}

// keyFile writes a key as ssh-keygen does.
func keyFile(t testing.TB, key any, passphrase string) string {
	t.Helper()
	var block *pem.Block
	var err error
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	must(t, err)
	path := filepath.Join(t.TempDir(), "id")
	must(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	return path
}

func signed(t testing.TB, key any) (folder, sig string, signer ssh.Signer) {
	t.Helper()
	signer, done, err := signoff.OpenKey(keyFile(t, key, ""), "")
	must(t, err)
	defer done()
	folder = t.TempDir()
	sig, _, err = signoff.Sign(folder, sheet, signer)
	must(t, err)
	return folder, sig, signer
}

func line(key ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) }

// verifyStock asks ssh-keygen.
func verifyStock(t testing.TB, allowed, sig, sheetFile string) error {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: there is no ssh-keygen")
	}
	list := filepath.Join(t.TempDir(), "allowed")
	must(t, os.WriteFile(list, []byte(allowed+"\n"), 0o644))
	text, err := os.ReadFile(sheetFile)
	must(t, err)
	cmd := exec.Command("ssh-keygen", "-Y", "verify", "-f", list, "-I", name, "-n", signoff.Namespace, "-Overify-time=20261130120000Z", "-s", sig)
	cmd.Stdin = bytes.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// Stock ssh-keygen takes our signatures, and refuses one changed byte of the sheet
// or of the signature.
func TestStockSSHKeygenTakesOurSignatures(t *testing.T) {
	for kind, key := range private(t) {
		folder, sig, signer := signed(t, key)
		sheetFile := strings.TrimSuffix(sig, ".sig")
		allowed := name + " " + line(signer.PublicKey())
		if err := verifyStock(t, allowed, sig, sheetFile); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if all, err := signoff.Read(folder); err != nil || len(all) != 1 || all[0].Err != nil || all[0].Sheet.Role != "reviewer" {
			t.Errorf("%s: %+v, %v", kind, all, err)
		}
		for _, file := range []string{sheetFile, sig} {
			whole, err := os.ReadFile(file)
			must(t, err)
			changed := bytes.Clone(whole)
			changed[len(changed)/2] ^= 1
			must(t, os.WriteFile(file, changed, 0o644))
			if err := verifyStock(t, allowed, sig, sheetFile); err == nil {
				t.Errorf("%s: ssh-keygen takes a changed %s", kind, filepath.Ext(file))
			}
			must(t, os.WriteFile(file, whole, 0o644))
		}
	}
}

// We take what stock ssh-keygen has signed.
func TestOurReaderTakesStockSignatures(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: there is no ssh-keygen")
	}
	for kind, key := range private(t) {
		path := keyFile(t, key, "")
		_, sig, _ := signed(t, key)
		folder := t.TempDir()
		text, err := os.ReadFile(strings.TrimSuffix(sig, ".sig"))
		must(t, err)
		copied := filepath.Join(folder, filepath.Base(strings.TrimSuffix(sig, ".sig")))
		must(t, os.WriteFile(copied, text, 0o644))
		if out, err := exec.Command("ssh-keygen", "-Y", "sign", "-f", path, "-n", signoff.Namespace, copied).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, out)
		}
		if all, err := signoff.Read(folder); err != nil || len(all) != 1 || all[0].Err != nil {
			t.Errorf("%s: %+v, %v", kind, all, err)
		}
	}
}

func TestEveryByteOfASignatureCounts(t *testing.T) {
	for kind, key := range private(t) {
		folder, sig, _ := signed(t, key)
		for _, file := range []string{sig, strings.TrimSuffix(sig, ".sig")} {
			whole, err := os.ReadFile(file)
			must(t, err)
			for n := range whole {
				for bit := range 8 {
					if n < len(whole)-60 && (bit != 0 || n%5 != 0) {
						continue
					}
					changed := bytes.Clone(whole)
					changed[n] ^= 1 << bit
					must(t, os.WriteFile(file, changed, 0o644))
					if all, err := signoff.Read(folder); err != nil || len(all) != 1 || all[0].Err == nil {
						t.Fatalf("%s, %s, bit %d of byte %d (%q for %q): taken", kind, filepath.Base(file), bit, n, changed[n], whole[n])
					}
				}
			}
			must(t, os.WriteFile(file, whole, 0o644))
		}
	}
}

func TestWhatDoesNotBelongThere(t *testing.T) {
	folder, sig, signer := signed(t, private(t)["ed25519"])
	if _, _, err := signoff.Sign(folder, sheet, signer); err == nil {
		t.Error("signed twice in one role")
	}
	other := sheet
	other.Role = "owner"
	if _, _, err := signoff.Sign(folder, other, signer); err != nil {
		t.Errorf("another role: %v", err)
	}
	base := strings.TrimSuffix(sig, ".json.sig")
	for from, to := range map[string]string{".json": "-x.json", ".json.sig": "-x.json.sig"} {
		b, err := os.ReadFile(base + from)
		must(t, err)
		must(t, os.WriteFile(base+to, b, 0o644))
	}
	must(t, os.WriteFile(filepath.Join(folder, "approver-00000000.json"), []byte("{}"), 0o644))
	must(t, os.WriteFile(filepath.Join(folder, "note.txt"), nil, 0o644))
	must(t, os.WriteFile(filepath.Join(folder, "lone.json.sig"), []byte("x"), 0o644))
	all, err := signoff.Read(folder)
	must(t, err)
	wrong := map[string]bool{}
	for _, s := range all {
		if s.Err != nil {
			wrong[s.File] = true
		}
	}
	if len(all) != 6 || len(wrong) != 4 || !wrong[filepath.Base(base)+"-x.json.sig"] || !wrong["approver-00000000.json"] || !wrong["note.txt"] || !wrong["lone.json.sig"] {
		t.Errorf("%+v", all)
	}
}

func TestHostileSheetsAreRefused(t *testing.T) {
	_, _, signer := signed(t, private(t)["ed25519"])
	for name, change := range map[string]func(*signoff.Sheet){
		"a role that is a path": func(s *signoff.Sheet) { s.Role = "../../x" }, "no role": func(s *signoff.Sheet) { s.Role = "" },
		"a role of letters that turn": func(s *signoff.Sheet) { s.Role = "rev\u202e" }, "no name": func(s *signoff.Sheet) { s.Name = "" },
		"two names": func(s *signoff.Sheet) { s.Name = "a,b" }, "a name with a space": func(s *signoff.Sheet) { s.Name = "a b" },
		"a name that commands": func(s *signoff.Sheet) { s.Name = "\x1b[2J" }, "a long name": func(s *signoff.Sheet) { s.Name = strings.Repeat("x", 201) },
		"broken UTF-8": func(s *signoff.Sheet) { s.Remark = "\xff" }, "a long remark": func(s *signoff.Sheet) { s.Remark = strings.Repeat("x", 2001) },
		"no time": func(s *signoff.Sheet) { s.At = "yesterday" },
	} {
		s := sheet
		change(&s)
		folder := t.TempDir()
		if _, _, err := signoff.Sign(folder, s, signer); err == nil {
			t.Errorf("%s was signed", name)
		}
		if files, _ := os.ReadDir(folder); len(files) > 0 {
			t.Errorf("%s: something was written", name)
		}
	}
}

// What we and ssh-keygen say of the same list.
func TestListsOfAllowedSigners(t *testing.T) {
	folder, sig, signer := signed(t, private(t)["ed25519"])
	_, _, stranger := signed(t, private(t)["ed25519"])
	key, other := line(signer.PublicKey()), line(stranger.PublicKey())
	all, err := signoff.Read(folder)
	must(t, err)
	for _, c := range []struct {
		list string
		want bool
	}{
		{name + " " + key, true}, {name + " " + other, false}, {"joe@example.test " + key, false}, {"", false}, {"# nobody", false},
		{"*@example.test " + key, true}, {"*@example.te?t " + key, true}, {"*@example.org " + key, false}, {"joe,jane@example.test " + key, true},
		{"*,!jane@example.test " + key, false}, {`"jane@example.test" ` + key, true},
		{name + ` namespaces="maildrill-signoff" ` + key, true}, {name + ` namespaces="file,git" ` + key, false}, {name + ` namespaces="file,maildrill-*" ` + key, true},
		{name + ` valid-after="20261201" ` + key, false}, {name + ` valid-after="20261101" ` + key, true}, {name + ` valid-before="20261101" ` + key, false},
		{name + ` valid-after="20261101",valid-before="202612010000Z" ` + key, true}, {name + ` cert-authority ` + key, false},
		{name + " " + other + "\n" + name + " " + key, true},
	} {
		allowed, err := signoff.ReadAllowed([]byte(c.list))
		if err != nil {
			t.Errorf("%s: %v", c.list, err)
			continue
		}
		if err := allowed.Allows(all[0]); (err == nil) != c.want {
			t.Errorf("%s: %v", c.list, err)
		}
		if err := verifyStock(t, c.list, sig, strings.TrimSuffix(sig, ".sig")); (err == nil) != c.want {
			t.Errorf("ssh-keygen, %s: %v", c.list, err)
		}
	}
	for _, list := range []string{"jane", "jane ssh-ed25519", "jane ssh-ed25519 AAAA", name + " color=\"red\" " + key, name + ` valid-after="soon" ` + key} {
		if _, err := signoff.ReadAllowed([]byte(list)); err == nil {
			t.Errorf("%q was read", list)
		}
	}
}

// The agent signs for a key that has a passphrase.
func TestAnAgentSigns(t *testing.T) {
	key := private(t)["rsa"]
	ring := agent.NewKeyring()
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", socket)
	must(t, err)
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, conn) }()
		}
	}()
	path := keyFile(t, key, "correct horse")
	signer, err := ssh.NewSignerFromKey(key)
	must(t, err)
	public := path + ".pub"
	must(t, os.WriteFile(public, ssh.MarshalAuthorizedKey(signer.PublicKey()), 0o644))
	for _, file := range []string{path, public} {
		if _, _, err := signoff.OpenKey(file, ""); err == nil {
			t.Errorf("%s: opened without an agent", file)
		}
		if _, _, err := signoff.OpenKey(file, socket); err == nil || !strings.Contains(err.Error(), "ssh-add") {
			t.Errorf("%s: the agent does not hold it: %v", file, err)
		}
	}
	must(t, ring.Add(agent.AddedKey{PrivateKey: key}))
	for _, file := range []string{path, public} {
		held, done, err := signoff.OpenKey(file, socket)
		must(t, err)
		folder := t.TempDir()
		_, _, err = signoff.Sign(folder, sheet, held)
		must(t, err)
		done()
		if all, err := signoff.Read(folder); err != nil || all[0].Err != nil {
			t.Errorf("%s: %+v, %v", file, all, err)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad")
	must(t, os.WriteFile(bad, []byte("hunter2"), 0o600))
	if _, _, err := signoff.OpenKey(bad, ""); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("no key: %v", err)
	}
}
