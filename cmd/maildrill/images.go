package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"maildrill/harness/docker"
)

func (p *process) imagesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "images",
		Short: "Build, list, save or load the server images",
		Long: `The server images (Postfix, Dovecot, HAProxy) are made on first use. An archive
of them, locked by digest, saves a CI that time.`,
		Example: `  maildrill images build
  maildrill images save images.tar.gz
  maildrill images load images.tar.gz`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	progress := func(s string) { fmt.Fprintln(p.Stderr, "  "+s) }
	c.AddCommand(
		&cobra.Command{Use: "build [KIND...]", Short: "Make all server images afresh, or some: postfix, postfix:trixie",
			RunE: func(c *cobra.Command, kinds []string) error {
				built, err := docker.BuildImages(c.Context(), kinds, progress)
				if err != nil {
					return failure(err)
				}
				if p.json {
					return p.printJSON(built)
				}
				for kind, image := range built {
					fmt.Fprintf(p.Stdout, "%s: %s %s\n", kind, image.Ref, image.ID)
				}
				return nil
			}},
		&cobra.Command{Use: "list", Short: "List the server images that the engine has", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				found, err := docker.ListImages(c.Context())
				if err != nil {
					return failure(err)
				}
				if p.json {
					return p.printJSON(found)
				}
				for _, image := range found {
					fmt.Fprintf(p.Stdout, "%s %s\n", image.Ref, image.ID)
				}
				return nil
			}},
		&cobra.Command{Use: "key", Short: "Print the key to cache an archive of the images by; no engine is asked", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				if p.json {
					return p.printJSON(map[string]string{"key": docker.ImagesKey()})
				}
				_, err := fmt.Fprintln(p.Stdout, docker.ImagesKey())
				return err
			}},
		&cobra.Command{Use: "save FILE", Short: "Write the server images to an archive", Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				return failure(saveImages(c, args[0], progress))
			}},
		&cobra.Command{Use: "load FILE", Short: "Read the server images from an archive", Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				f, err := os.Open(args[0])
				if err != nil {
					return usage(err)
				}
				defer f.Close()
				return failure(docker.LoadImages(c.Context(), f))
			}},
	)
	return c
}

// saveImages writes beside the file and renames, so that no half archive is
// ever taken for a whole one.
func saveImages(c *cobra.Command, path string, progress func(string)) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".images-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(docker.SaveImages(c.Context(), f, progress), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
