package scenarios

// ProgrammeNames lists the programmes of the library.
func ProgrammeNames() []string { return stems(programmeFolder) }

// FindProgramme is [Find] for programmes only.
func FindProgramme(nameOrPath string) (*Document, Problems, error) {
	return findOther(nameOrPath, "programme", "Programme", programmeFolder, func(d *Document) bool { return d.Programme != nil })
}
