/*
 * The driver's version. It stands once, in the project() line of CMakeLists.txt; the build hands it
 * to version.c. Constant texts; any thread.
 */
#ifndef ATHENA_BASE_VERSION_H
#define ATHENA_BASE_VERSION_H

/* "0.1.0" */
extern const char version_text[];

/* "00.01.0000": the form that ODBC wants of versions, ##.##.#### */
extern const char version_odbc_text[];

#endif
