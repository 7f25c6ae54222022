package keys

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Variables of the environment that hold the key, or say where its file is.
const (
	Variable     = "MAILDRILL_KEY"
	FileVariable = "MAILDRILL_KEY_FILE"
)

// ErrNone is wrapped when nobody has made a key.
var ErrNone = errors.New("there is no signing key")

// Files are the two files of a key.
type Files struct{ Private, Public string }

// DefaultFiles are in the user's configuration folder (XDG base directories).
func DefaultFiles(env func(string) string) (Files, error) {
	base := env("XDG_CONFIG_HOME")
	if base == "" {
		home := env("HOME")
		if home == "" {
			return Files{}, fmt.Errorf("neither XDG_CONFIG_HOME nor HOME is set, so that nobody knows where keys are; %s can name a file", FileVariable)
		}
		base = filepath.Join(home, ".config")
	}
	dir := filepath.Join(base, "maildrill")
	return Files{filepath.Join(dir, "signing.key"), filepath.Join(dir, "signing.pub")}, nil
}

// Create makes a key and writes both files. It never writes over a key.
func Create(f Files, name string) (*Key, error) {
	key, line, err := Generate(name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(f.Private), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the key: %w", err)
	}
	for _, file := range []string{f.Private, f.Public} {
		if _, err := os.Lstat(file); err == nil {
			return nil, fmt.Errorf("%s is there already, and a key is never written over: what it has signed could not be signed again; `maildrill keys show` shows it", file)
		}
	}
	if err := write(f.Private, line+"\n", 0o600); err != nil {
		return nil, err
	}
	return key, write(f.Public, key.Public().Line()+"\n", 0o644)
}

// write makes a new file, durable when it returns. Half a file is none.
func write(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the key: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Load finds the key that is to be used: the line in [Variable], or the file that
// [FileVariable] names, or the one in the configuration folder. If there is none,
// the error wraps [ErrNone].
func Load(env func(string) string) (*Key, error) {
	line, path := env(Variable), env(FileVariable)
	switch {
	case line != "" && path != "":
		return nil, fmt.Errorf("both %s and %s are set: which one is meant?", Variable, FileVariable)
	case line != "":
		key, err := Parse(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Variable, err)
		}
		return key, nil
	case path != "":
		return read(path)
	}
	files, err := DefaultFiles(env)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	key, err := read(files.Private)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w in %s", ErrNone, files.Private)
	}
	return key, err
}

// read refuses a file that others can read: what it signs may be theirs.
func read(path string) (*Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("the signing key %s has mode %04o, so that others can reach it: chmod 600 %s (and think of a new key, if somebody may have)", path, mode, path)
	}
	b, err := readSmall(path)
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	key, err := Parse(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// Own is the public key of whoever asks: that of the private key if there is one,
// else the public file in the configuration folder. The text says where it is from.
func Own(env func(string) string) (Public, string, error) {
	key, err := Load(env)
	if err == nil {
		return key.Public(), "your own key", nil
	}
	if !errors.Is(err, ErrNone) {
		return Public{}, "", err
	}
	files, filesErr := DefaultFiles(env)
	if filesErr != nil {
		return Public{}, "", err
	}
	public, pubErr := Trusted(files.Public)
	if pubErr != nil {
		return Public{}, "", cmp.Or(unlessMissing(files.Public, pubErr), err)
	}
	return public, files.Public, nil
}

func unlessMissing(path string, err error) error {
	if _, statErr := os.Stat(path); errors.Is(statErr, os.ErrNotExist) {
		return nil
	}
	return err
}

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, largestKeyFile+1))
	if err == nil && len(b) > largestKeyFile {
		err = fmt.Errorf("%s is far too large for a key", path)
	}
	return b, err
}
