#include <Python.h>

static PyObject *count(PyObject *self, PyObject *argument)
{
    long limit = PyLong_AsLong(argument), found = 0;
    if (limit == -1 && PyErr_Occurred())
        return NULL;
    for (long number = 2; number < limit; number++) {
        long divisor = 2;
        while (divisor * divisor <= number && number % divisor)
            divisor++;
        found += divisor * divisor > number;
    }
    return PyLong_FromLong(found);
}

static PyMethodDef methods[] = {
    {"count", count, METH_O, "The number of primes below a limit."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "_primes", .m_methods = methods};

PyMODINIT_FUNC PyInit__primes(void) { return PyModule_Create(&module); }
