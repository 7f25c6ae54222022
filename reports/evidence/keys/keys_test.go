package keys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/evidence/keys"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// home is an environment with nothing but a configuration folder.
func home(t *testing.T, more ...string) (func(string) string, keys.Files) {
	t.Helper()
	vars := map[string]string{"XDG_CONFIG_HOME": t.TempDir()}
	for i := 0; i < len(more); i += 2 {
		vars[more[i]] = more[i+1]
	}
	env := func(name string) string { return vars[name] }
	f, err := keys.DefaultFiles(env)
	must(t, err)
	return env, f
}

func TestAKeyIsMadeOnce(t *testing.T) {
	env, files := home(t)
	if _, err := keys.Load(env); !errors.Is(err, keys.ErrNone) {
		t.Errorf("before: %v", err)
	}
	made, err := keys.Create(files, "example.org/drills")
	must(t, err)
	for path, mode := range map[string]os.FileMode{files.Private: 0o600, files.Public: 0o644, filepath.Dir(files.Private): 0o700} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm() != mode {
			t.Errorf("%s has mode %04o, want %04o", path, info.Mode().Perm(), mode)
		}
	}
	before, err := os.ReadFile(files.Private)
	must(t, err)
	if _, err := keys.Create(files, "other"); err == nil {
		t.Error("a second key was made")
	}
	must(t, os.Remove(files.Private))
	if _, err := keys.Create(files, "other"); err == nil {
		t.Error("a key was made beside the public half of another")
	}
	must(t, os.WriteFile(files.Private, before, 0o600))
	loaded, err := keys.Load(env)
	must(t, err)
	if loaded.Public().Line() != made.Public().Line() {
		t.Error("another key was loaded than was made")
	}
	public, err := keys.Trusted(files.Public)
	must(t, err)
	sig, err := loaded.Sign([]byte("text"))
	must(t, err)
	if !public.Verify([]byte("text"), sig) || public.Verify([]byte("texT"), sig) {
		t.Error("the public file does not verify what the private one signs")
	}
}

func TestAKeyThatOthersCanReadIsRefused(t *testing.T) {
	env, files := home(t)
	_, err := keys.Create(files, "example.org/drills")
	must(t, err)
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620, 0o700, 0o400, 0o600} {
		must(t, os.Chmod(files.Private, mode))
		_, err := keys.Load(env)
		if open := mode&0o077 != 0; open != (err != nil) || open && !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestWhereAKeyComesFrom(t *testing.T) {
	_, line, err := keys.Generate("example.org/env")
	must(t, err)
	path := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(path, []byte(line+"\n"), 0o600))
	for name, vars := range map[string][]string{
		"line": {keys.Variable, line}, "line with white space": {keys.Variable, line + "\r\n"}, "file": {keys.FileVariable, path},
	} {
		env, _ := home(t, vars...)
		key, err := keys.Load(env)
		if err != nil || key.Public().Name() != "example.org/env" {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
	for name, vars := range map[string][]string{
		"both": {keys.Variable, line, keys.FileVariable, path}, "no such file": {keys.FileVariable, path + "x"}, "no key": {keys.Variable, "hunter2"},
		"half a key": {keys.Variable, line[:len(line)-3]}, "a folder": {keys.FileVariable, t.TempDir()},
	} {
		env, _ := home(t, vars...)
		_, err := keys.Load(env)
		if err == nil || errors.Is(err, keys.ErrNone) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), line[20:]) || strings.Contains(err.Error(), line[40:60]) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

// However a key is printed or marshalled, it does not show.
func TestAKeyNeverShows(t *testing.T) {
	key, line, err := keys.Generate("example.org/drills")
	must(t, err)
	secret := strings.SplitN(line, "+", 5)[4]
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", struct{ K *keys.Key }{key})
	}
	b, err := json.Marshal(map[string]any{"key": key})
	must(t, err)
	out.Write(b)
	fmt.Fprint(&out, fmt.Errorf("with %v: %w", key, os.ErrInvalid))
	if text := out.String(); strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) || strings.Contains(text, "PRIVATE+") {
		t.Errorf("it shows:\n%s", text)
	}
}

func TestNamesOfKeys(t *testing.T) {
	for _, name := range []string{"example.org/drills", "a", "übung.example", strings.Repeat("x", 100)} {
		if err := keys.CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "a\tb", "\x1b[31m", "a\u202eb", "\xff", "a\u00a0b", "a\x00", strings.Repeat("x", 101)} {
		if err := keys.CheckName(name); err == nil {
			t.Errorf("%q was taken", name)
		}
		if _, _, err := keys.Generate(name); err == nil {
			t.Errorf("a key %q was made", name)
		}
	}
}

func TestWhatIsNoPublicKey(t *testing.T) {
	key, line, err := keys.Generate("example.org/drills")
	must(t, err)
	public := key.Public().Line()
	big := filepath.Join(t.TempDir(), "big")
	must(t, os.WriteFile(big, bytes.Repeat([]byte("x"), 1<<20), 0o644))
	for _, text := range []string{"", "x", line, public[:len(public)-1], strings.Replace(public, "drills", "drillz", 1), big, t.TempDir(), strings.Replace(public, "+", "+0", 1)} {
		if _, err := keys.Trusted(text); err == nil {
			t.Errorf("%.60q was taken", text)
		} else if strings.Contains(err.Error(), line[40:]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
	for _, text := range []string{public, " " + public + "\n"} {
		if _, err := keys.ParsePublic(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	b, err := key.Public().PEM()
	if err != nil || !bytes.HasPrefix(b, []byte("-----BEGIN PUBLIC KEY-----\n")) {
		t.Errorf("%s, %v", b, err)
	}
}
