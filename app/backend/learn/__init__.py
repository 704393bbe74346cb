"""What is taught: lessons and a glossary, which are data, and sentences about a part from its own numbers.

``reading`` turns the files of ``app/lessons`` into the values of ``lessons``, or refuses them with a sentence;
``checks`` notices that a step is done; ``quantities`` computes the numbers in its sentences; ``explain`` needs no file.
"""
