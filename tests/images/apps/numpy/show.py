import numpy

print(numpy.linalg.det(numpy.eye(3) * 2))
