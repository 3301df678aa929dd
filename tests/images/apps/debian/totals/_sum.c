#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *total(PyObject *self, PyObject *args)
{
    unsigned long n, sum = 0;
    if (!PyArg_ParseTuple(args, "k", &n))
        return NULL;
    while (n)
        sum += n--;
    return PyLong_FromUnsignedLong(sum);
}

static PyMethodDef methods[] = {{"total", total, METH_VARARGS, "1 + ... + n"}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_sum", NULL, -1, methods};
PyMODINIT_FUNC PyInit__sum(void) { return PyModule_Create(&module); }
