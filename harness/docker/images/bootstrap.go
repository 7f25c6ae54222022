package images

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"maildrill/harness/topology"
)

// mirror is where Debian's packages come from.
const mirror = "http://deb.debian.org/debian"

// elsewhere is the way round a base that cannot be made here.
func elsewhere(release string) string {
	return "load " + upstream(release) + " into the engine (docker load), or what `maildrill images save` wrote on another machine (maildrill images load FILE)"
}

// bootstrap makes a base with mmdebstrap(1) on this host. Its errors are
// [topology.Unavailable] where this host cannot do it.
func bootstrap(ctx context.Context, cli *client.Client, release string, progress func(string)) error {
	program, err := exec.LookPath("mmdebstrap")
	if err != nil {
		return &topology.Unavailable{Err: fmt.Errorf("no registry gives %s, and mmdebstrap, which makes it, is missing", upstream(release)),
			Remedy: "install mmdebstrap (apt-get install mmdebstrap), or " + elsewhere(release)}
	}
	arch, err := engineArch(ctx, cli)
	if err != nil {
		return err
	}
	if arch != runtime.GOARCH {
		return &topology.Unavailable{Err: fmt.Errorf("no registry gives %s, and mmdebstrap would make it for %s here, but the engine runs %s",
			upstream(release), runtime.GOARCH, arch), Remedy: elsewhere(release)}
	}
	progress("making " + base(release) + " with mmdebstrap")
	cmd := exec.CommandContext(ctx, program, "--variant=minbase", "--include=ca-certificates", release, "-", mirror)
	if err := importOutput(ctx, cli, base(release), cmd); err != nil {
		return fmt.Errorf("make %s: %w", base(release), err)
	}
	return nil
}

// importOutput makes an image of the archive that the program prints. A program
// that fails breaks the import off, so that no half of a system gets the name.
func importOutput(ctx context.Context, cli *client.Client, ref string, cmd *exec.Cmd) error {
	var complaints bytes.Buffer
	from, to := io.Pipe()
	cmd.Stdout, cmd.Stderr = to, &complaints
	ended := make(chan error, 1)
	go func() {
		err := cmd.Run()
		if err != nil {
			err = fmt.Errorf("mmdebstrap: %w: %s", err, lastLine(complaints.String()))
		}
		_ = to.CloseWithError(err)
		ended <- err
	}()
	imported := load(ctx, cli, from, ref, nil)
	_ = from.Close() // lets the program end where the engine did not read on
	if err := <-ended; err != nil && imported == nil {
		return err
	}
	return imported
}

// load makes an image of an archive of files.
func load(ctx context.Context, cli *client.Client, files io.Reader, ref string, changes []string) error {
	changes = append(changes, "LABEL "+label+"="+labelValue)
	stream, err := cli.ImageImport(ctx, image.ImportSource{Source: files, SourceName: "-"}, ref, image.ImportOptions{Changes: changes})
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer stream.Close()
	return follow(stream, func(string) {})
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// engineArch is the engine's architecture, as Go names it.
func engineArch(ctx context.Context, cli *client.Client) (string, error) {
	v, err := cli.ServerVersion(ctx)
	if err != nil {
		return "", fmt.Errorf("ask the engine for its architecture: %w", err)
	}
	return v.Arch, nil
}
