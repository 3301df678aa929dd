with open("/words.txt") as words:
    print(words.read().strip())
