package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"maildrill/scenarios"
)

// Bounds of what is taken of a folder: configuration, not mail.
const (
	mostFiles   = 500
	largestFile = 1 << 20
)

// hostPaths are mounted for reasons that a drill has not.
var hostPaths = []string{"/etc/localtime", "/etc/timezone", "/lib/modules", "/dev", "/proc", "/sys", "/usr/share/zoneinfo"}

// engineSocket tells a mount by which a container commands the engine.
func engineSocket(v types.ServiceVolumeConfig) bool {
	return strings.HasSuffix(v.Source, "docker.sock") || strings.HasSuffix(v.Source, "podman.sock")
}

// mounts carries what a service mounts.
func (s *service) mounts() {
	for _, v := range s.config.Volumes {
		switch {
		case v.Type == types.VolumeTypeTmpfs:
			s.container().Tmpfs = append(s.container().Tmpfs, v.Target)
		case v.Type == types.VolumeTypeVolume || v.Type == "":
			s.volume(v.Source, v.Target, s.project.shared(v.Source))
		case v.Type == types.VolumeTypeBind && slices.ContainsFunc(hostPaths, func(p string) bool { return v.Source == p || strings.HasPrefix(v.Source, p+"/") }):
			continue
		case v.Type == types.VolumeTypeBind:
			s.bind(v)
		default:
			s.changed("the "+v.Type+" mount of "+v.Target, "", "it is not taken over")
		}
	}
	for _, t := range s.config.Tmpfs {
		s.container().Tmpfs = append(s.container().Tmpfs, t)
	}
	s.objects()
}

// volume gives the node a new, empty volume; one that several services mount is one
// for all.
func (s *service) volume(source, target string, shared bool) {
	name := label(filepath.Base(source))
	if source == "" || !shared && strings.Contains(source, "/") {
		name = label(strings.ReplaceAll(strings.Trim(target, "/"), "/", "-"))
	}
	name = name[max(0, len(name)-longestName):]
	s.node.Volumes = append(s.node.Volumes, scenarios.Volume{Name: s.unused(strings.Trim(name, "-")), Path: path.Clean(target), Shared: shared, From: s.project.copied(source)})
}

// copied is what a volume begins with, as the engine calls it; "": empty.
func (p *project) copied(source string) string {
	switch {
	case !p.clone || source == "":
		return ""
	case filepath.IsAbs(source):
		if _, err := os.Stat(source); err != nil {
			return ""
		}
		return source
	}
	return p.Volumes[source].Name
}

// longestName is that of a volume, with room for a number behind it.
const longestName = 44

// unused keeps the names of volumes of a node apart.
func (s *service) unused(name string) string {
	for n, taken := 1, name; ; n++ {
		if !slices.ContainsFunc(s.node.Volumes, func(v scenarios.Volume) bool { return v.Name == taken }) {
			return taken
		}
		taken = fmt.Sprintf("%s-%d", name, n+1)
	}
}

// bind carries a folder or a file of the host: what is in it, if that is
// configuration; else an empty volume in its place.
func (s *service) bind(v types.ServiceVolumeConfig) {
	info, err := os.Stat(v.Source)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() && s.state(v.Target):
		s.volume(v.Source, v.Target, s.project.shared(v.Source))
	case err != nil:
		s.changed(v.Source, "", "it cannot be read: "+err.Error())
	case info.IsDir():
		s.folder(v)
	default:
		s.file(v.Source, v.Target)
	}
}

// statePaths are where images keep mail, queues, data bases and logs.
var statePaths = regexp.MustCompile(`^/(var/(mail|vmail|mail-state|spool|lib|log|cache|www)|mail|mailqueue|queue|data|srv|redis|filter|home|backup)(/|$)`)

// state tells a folder of data from one of configuration.
func (s *service) state(target string) bool {
	own := []string{s.kind.store, s.kind.spool, s.config.Labels[labelStore], s.config.Labels[labelQueue]}
	return statePaths.MatchString(target) || slices.ContainsFunc(own, func(p string) bool { return p != "" && (p == target || strings.HasPrefix(p, target+"/")) })
}

// folder carries the files of a folder of configuration; it is writable, as it was,
// and what one service writes there others read.
func (s *service) folder(v types.ServiceVolumeConfig) {
	if shared := s.project.shared(v.Source); shared || !v.ReadOnly {
		s.volume(v.Source, v.Target, shared)
	}
	count := 0
	err := filepath.WalkDir(v.Source, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if count++; count > mostFiles {
			return fmt.Errorf("more than %d files are no configuration", mostFiles)
		}
		rel, err := filepath.Rel(v.Source, name)
		s.file(name, path.Join(v.Target, filepath.ToSlash(rel)))
		return err
	})
	if err != nil {
		s.changed(v.Source, "the files before that", err.Error())
	}
}

// file carries one file. A certificate, or a key, is replaced by one of the drill's.
func (s *service) file(source, target string) {
	info, err := os.Stat(source)
	if err != nil || !info.Mode().IsRegular() || info.Size() > largestFile {
		s.changed(source, "", "it is no file that could be configuration")
		return
	}
	text, err := os.ReadFile(source)
	if err != nil {
		s.changed(source, "", "it cannot be read: "+err.Error())
		return
	}
	s.content(source, target, text)
}

func (s *service) content(source, target string, text []byte) {
	switch {
	case bytes.Contains(text, []byte("PRIVATE KEY-----")) && strings.Contains(strings.ToLower(target), "dkim"):
		s.changed(source, "", "the key is not copied: mail is not signed")
	case bytes.Contains(text, []byte("PRIVATE KEY-----")) || bytes.Contains(text, []byte("-----BEGIN CERTIFICATE-----")):
		s.node.Certificates = append(s.node.Certificates, target)
		s.changed(source, "a certificate of the drill's own authority, with its key", "no key is copied: what yours would do at its end is not seen")
	case bytes.IndexByte(text, 0) >= 0:
		s.changed(source, "", "it is no text; what needs it will miss it")
	default:
		s.node.Files[target] = s.project.secrets.hide(string(text))
	}
}

// objects carries the configs and secrets of the project that a service asks for.
func (s *service) objects() {
	for _, c := range s.config.Configs {
		s.object(types.FileObjectConfig(s.project.Configs[c.Source]), c.Target, "/"+c.Source)
	}
	for _, c := range s.config.Secrets {
		s.object(types.FileObjectConfig(s.project.Secrets[c.Source]), c.Target, "/run/secrets/"+c.Source)
	}
}

// object carries one of them; where it belongs is a path, or a name below the default
// folder.
func (s *service) object(o types.FileObjectConfig, target, usual string) {
	switch {
	case target == "":
		target = usual
	case !path.IsAbs(target):
		target = path.Join(path.Dir(usual), target)
	}
	text := contentOf(o, s.project.Environment)
	if text == "" {
		s.changed(target, "", "what it holds is not known here")
		return
	}
	s.content(target, target, []byte(text))
}

// contentOf is what a config or a secret holds; "" if that is elsewhere.
func contentOf(o types.FileObjectConfig, environment types.Mapping) string {
	switch {
	case o.Content != "":
		return o.Content
	case o.Environment != "":
		return environment[o.Environment]
	}
	text, err := os.ReadFile(o.File)
	if err != nil {
		return ""
	}
	return string(text)
}
