package intake

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Bounds of what is read of a host.
const (
	mostFiles   = 2000
	largestFile = 4 << 20
)

// Source is where the configuration of a server is: a folder that was /etc/postfix
// or /etc/dovecot, or a file that postconf -n or doveconf -n printed.
type Source struct {
	Name string // of the node; "": from the configuration
	Path string
}

// Gather reads sources into servers: those of the same name, and those without one
// if there is one of each, are one host.
func Gather(postfix, dovecot []Source) ([]Server, error) {
	var servers []Server
	at := func(s Source, alone bool) *Server {
		for i := range servers {
			if servers[i].Name == s.Name || alone && (s.Name == "" || servers[i].Name == "") {
				servers[i].Name = cmp.Or(servers[i].Name, s.Name)
				return &servers[i]
			}
		}
		servers = append(servers, Server{Name: s.Name, Files: map[string][]byte{}})
		return &servers[len(servers)-1]
	}
	for i, s := range postfix {
		if s.Name == "" && len(postfix) > 1 {
			s.Name = fmt.Sprintf("mx%d", i+1)
		}
		if err := at(s, false).load(s.Path, "/etc/postfix", mainFile); err != nil {
			return nil, err
		}
	}
	for i, s := range dovecot {
		if s.Name == "" && len(dovecot) > 1 {
			s.Name = fmt.Sprintf("store%d", i+1)
		}
		if err := at(s, len(postfix) == 1 && len(dovecot) == 1).load(s.Path, dovecotRoot, dovecotRoot+"/dovecot.conf"); err != nil {
			return nil, err
		}
	}
	return servers, nil
}

// load reads a folder as root, or one file as that of the name.
func (s *Server) load(from, root, single string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return s.file(from, single)
	}
	if below := filepath.Join(from, root); exists(below) { // the folder has a whole /etc in it
		from = below
	}
	if !exists(filepath.Join(from, path.Base(single))) {
		return fmt.Errorf("%s: there is no %s in it; name the folder that was %s, or a file with the output of %s", from, path.Base(single), root, printer[single])
	}
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(from, name)
		if len(s.Files) >= mostFiles {
			return fmt.Errorf("%s: more than %d files are no configuration", from, mostFiles)
		}
		return s.file(name, root+"/"+filepath.ToSlash(rel))
	})
}

// printer is what prints a configuration as one file.
var printer = map[string]string{mainFile: "`postconf -n`", dovecotRoot + "/dovecot.conf": "`doveconf -n`"}

// file reads one file, unless it is none of text, too large, or a private key.
func (s *Server) file(name, as string) error {
	info, err := os.Stat(name) // links of the host may lead nowhere here
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() > largestFile) {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if bytes.IndexByte(text, 0) >= 0 || bytes.Contains(text, []byte("PRIVATE KEY-----")) || strings.HasSuffix(as, "/sasl_passwd") {
		return nil
	}
	s.Files[as] = text
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
