package gogen

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// rosPackage is a ROS package that has messages or services.
type rosPackage struct {
	Name string

	// Prefix is the installation prefix that it was found under, empty for the
	// source folder of a package.
	Prefix string

	dir      string            // has the folders msg and srv
	messages map[string]string // file by message name
	services map[string]string // file by service name
	idlOnly  []string          // .idl files without a .msg or .srv beside them

	Messages []*definition // set by parse, or one by one by parseMessage
	Services []*service    // set by parse
}

// findPackages lists the packages under roots. A root is an installation
// prefix, with packages in its folder share, or the source folder of one
// package. Of packages of one name that of the first root counts, as it does in
// AMENT_PREFIX_PATH.
func findPackages(roots []string) (map[string]*rosPackage, error) {
	found := map[string]*rosPackage{}
	for _, root := range roots {
		if name, err := sourcePackageName(root); err == nil {
			if err := addPackage(found, name, "", root); err != nil {
				return nil, err
			}
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		share := filepath.Join(root, "share")
		entries, err := os.ReadDir(share)
		if errors.Is(err, fs.ErrNotExist) {
			// AMENT_PREFIX_PATH may name prefixes that nothing was installed into.
			if _, err := os.Stat(root); err == nil {
				continue
			}
		}
		if err != nil {
			return nil, fmt.Errorf("rclgo-gen: root path %s: %w", root, err)
		}
		for _, entry := range entries {
			if packagePattern.MatchString(entry.Name()) {
				if err := addPackage(found, entry.Name(), root, filepath.Join(share, entry.Name())); err != nil {
					return nil, err
				}
			}
		}
	}
	return found, nil
}

// sourcePackageName reads the name in the package.xml of folder dir. The error
// is fs.ErrNotExist if there is none.
func sourcePackageName(dir string) (string, error) {
	file := filepath.Join(dir, "package.xml")
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var manifest struct {
		Name string `xml:"name"`
	}
	if err := xml.Unmarshal(data, &manifest); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	name := strings.TrimSpace(manifest.Name)
	if !packagePattern.MatchString(name) {
		return "", fmt.Errorf("%s: %q is not the name of a package", file, name)
	}
	return name, nil
}

func addPackage(found map[string]*rosPackage, name, prefix, dir string) error {
	if found[name] != nil {
		return nil
	}
	p := &rosPackage{Name: name, Prefix: prefix, dir: dir}
	var err error
	var idl []string
	if p.messages, idl, err = interfaceFiles(filepath.Join(dir, "msg"), ".msg"); err != nil {
		return err
	}
	p.idlOnly = append(p.idlOnly, idl...)
	if p.services, idl, err = interfaceFiles(filepath.Join(dir, "srv"), ".srv"); err != nil {
		return err
	}
	p.idlOnly = append(p.idlOnly, idl...)
	if len(p.messages)+len(p.services)+len(p.idlOnly) > 0 {
		found[name] = p
	}
	return nil
}

// interfaceFiles lists the files of dir that end in ext, by their names
// without it, and the .idl files that rosidl did not make from one of them.
func interfaceFiles(dir, ext string) (files map[string]string, idlOnly []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	files = map[string]string{}
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ext); ok {
			files[name] = filepath.Join(dir, entry.Name())
		}
	}
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".idl"); ok && files[name] == "" {
			idlOnly = append(idlOnly, filepath.Join(dir, entry.Name()))
		}
	}
	return files, idlOnly, nil
}

// parse reads all interfaces of the package.
func (p *rosPackage) parse() error {
	var errs []error
	for _, file := range p.idlOnly {
		errs = append(errs, fmt.Errorf("%s: defined in IDL, which is not supported: only .msg and .srv files are", file))
	}
	for _, name := range sortedKeys(p.messages) {
		if _, err := p.parseMessage(name); err != nil {
			errs = append(errs, err)
		}
	}
	for _, name := range sortedKeys(p.services) {
		source, err := readInterface(p.services[name], name)
		if err == nil {
			var s *service
			if s, err = parseService(p.Name, name, p.services[name], source); err == nil {
				p.Services = append(p.Services, s)
				continue
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// parseMessage reads one message.
func (p *rosPackage) parseMessage(name string) (*definition, error) {
	source, err := readInterface(p.messages[name], name)
	if err != nil {
		return nil, err
	}
	d, err := parseMessage(p.Name, name, p.messages[name], source)
	if err == nil {
		p.Messages = append(p.Messages, d)
	}
	return d, err
}

// definitions returns all messages that were read of the package, those of services included.
func (p *rosPackage) definitions() []*definition {
	all := slices.Clone(p.Messages)
	for _, s := range p.Services {
		all = append(all, s.Request, s.Response)
	}
	return all
}

func readInterface(file, name string) (string, error) {
	if !messagePattern.MatchString(name) {
		return "", fmt.Errorf("%s: %q is not the name of a type: want letters and digits, the first a capital", file, name)
	}
	data, err := os.ReadFile(file)
	return string(data), err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
