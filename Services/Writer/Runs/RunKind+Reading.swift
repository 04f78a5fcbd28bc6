import Messages

extension RunSync.Kind {
    /// Whether a run of it reads all that there is of a kind of object, so that whoever only moved is in what it reads.
    func readsAll(of kind: DirectoryObject.Kind) -> Bool {
        readsEverything || kind == .department && self == .departments
    }
}
