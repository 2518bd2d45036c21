# SPDX-License-Identifier: Apache-2.0
# pip asks a source package's build backend for its metadata before it hands the archive over.
# setup.sh wants the archive only, so this stand-in answers from the package's own PKG-INFO:
# nothing is installed and nothing is built to answer that one question.
import os
import shutil
from email.parser import HeaderParser


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    with open("PKG-INFO", encoding="utf-8") as file:
        fields = HeaderParser().parse(file, headersonly=True)
    name = fields["Name"].replace("-", "_") + "-" + fields["Version"] + ".dist-info"
    os.makedirs(os.path.join(folder, name))
    shutil.copy("PKG-INFO", os.path.join(folder, name, "METADATA"))
    return name
