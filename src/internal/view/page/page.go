// Package page holds the files of av_view's page: HTML, CSS and ES modules, as browsers read
// them, without a build step.
package page

import (
	"embed"
	"io/fs"
)

//go:embed files
var embedded embed.FS

// Files are the page's files, index.html among them.
var Files = files()

// files returns the folder without its name, which is in the executable and so there.
func files() fs.FS {
	folder, err := fs.Sub(embedded, "files")
	if err != nil {
		panic(err)
	}
	return folder
}
