package images

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"os"

	"github.com/docker/docker/client"
)

// machines are the architectures of engines, as binaries name them.
var machines = map[string]elf.Machine{
	"386": elf.EM_386, "amd64": elf.EM_X86_64, "arm": elf.EM_ARM, "arm64": elf.EM_AARCH64,
	"ppc64le": elf.EM_PPC64, "riscv64": elf.EM_RISCV, "s390x": elf.EM_S390,
}

// Agent makes an image that holds nothing but the binary, as /maildrill, and
// runs it. It is named after the binary's content, and found again by it. The
// binary must be a static program for Linux on the engine's architecture.
func Agent(ctx context.Context, cli *client.Client, binary string) (Image, error) {
	content, err := os.ReadFile(binary)
	if err != nil {
		return Image{}, fmt.Errorf("read the agent's binary: %w", err)
	}
	sum := sha256.Sum256(content)
	ref := "maildrill/agent:" + hex.EncodeToString(sum[:6])
	if image, found, err := find(ctx, cli, ref); found || err != nil {
		return image, err
	}
	arch, err := engineArch(ctx, cli)
	if err != nil {
		return Image{}, err
	}
	if err := runnable(content, arch); err != nil {
		return Image{}, fmt.Errorf("%s cannot be the agent: %w", binary, err)
	}
	files, err := scratch(content)
	if err != nil {
		return Image{}, err
	}
	if err := load(ctx, cli, files, ref, []string{`ENTRYPOINT ["/maildrill"]`}); err != nil {
		return Image{}, fmt.Errorf("make %s: %w", ref, err)
	}
	image, _, err := find(ctx, cli, ref)
	return image, err
}

// runnable refuses a binary that would not run in an empty image.
func runnable(content []byte, arch string) error {
	f, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("it is not a Linux program (ELF): build it with GOOS=linux: %w", err)
	}
	if want, known := machines[arch]; known && f.Machine != want {
		return fmt.Errorf("it is for %v, but the engine runs %s: build it with GOARCH=%s", f.Machine, arch, arch)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("it is dynamically linked, and the image has no libraries: build it with CGO_ENABLED=0")
		}
	}
	return nil
}

// scratch packs the binary with the directories that engines and programs
// expect to find.
func scratch(content []byte) (*bytes.Buffer, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	entries := []*tar.Header{
		{Name: "dev/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "etc/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "proc/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "sys/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777},
		{Name: "maildrill", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(content))},
	}
	for _, e := range entries {
		if err := w.WriteHeader(e); err != nil {
			return nil, fmt.Errorf("pack the agent: %w", err)
		}
	}
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("pack the agent: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the agent: %w", err)
	}
	return &packed, nil
}
