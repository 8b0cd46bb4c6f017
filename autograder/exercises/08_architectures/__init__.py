"""What lesson 08 accepts: networks built from blocks, judged by what they compute, and the ledgers of others."""

from .find_the_error import find_the_error
from .inception import inception
from .ledger import ledger
from .lenet5 import lenet5
from .network_in_network import global_average_head, mlpconv
from .predictions import lenet5_rows
from .residual import preactivation_block, residual_block
from .vgg import vgg

VERSION = 1
EXERCISES = (
    lenet5_rows,
    lenet5,
    vgg,
    mlpconv,
    global_average_head,
    inception,
    residual_block,
    preactivation_block,
    ledger,
    find_the_error,
)
