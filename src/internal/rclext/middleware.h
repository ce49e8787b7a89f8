#ifndef RCLEXT_MIDDLEWARE_H
#define RCLEXT_MIDDLEWARE_H

// Notes that all libraries are loaded and have not ended the process.
void rclext_libraries_loaded(void);

#endif
