import JSONCoding
import MessageSchemas

extension RefusedEdit {
    /// Of members: which there are, of which type, and which are needed.
    static let ofMembers = [
        RefusedEdit("a needed member goes", "user-page", "required", at: "users", .releasedReader, "may be missing") {
            $0?.removing(.string("users"))
        },
        RefusedEdit("a member goes that was needed", "stage-progress", "", at: "pages", .releasedReader, "is gone") {
            $0?.without("pages")
        },
        RefusedEdit("a needed member comes", "stage-progress", "", at: "seconds", .presentReader, "never written") {
            $0?.withNeeded("seconds", .wholeNumber)
        },
        RefusedEdit(
            "an optional member becomes needed",
            "user-page",
            "required",
            at: "origin",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("origin"))
        },
        RefusedEdit(
            "a number becomes a text",
            "stage-progress",
            "properties/pages/type",
            at: "pages",
            .both,
            "it was integer and is string"
        ) { _ in
            .string("string")
        },
        RefusedEdit(
            "a whole number becomes any number",
            "stage-progress",
            "properties/pages/type",
            at: "pages",
            .both,
            "integer and is number"
        ) { _ in
            .string("number")
        },
        RefusedEdit(
            "an optional member changes its type",
            "user-page",
            "properties/origin",
            at: "origin",
            .both,
            "object and is string"
        ) { _ in .text },
        RefusedEdit(
            "a text becomes a list of texts",
            "run-finished",
            "properties/reasons",
            at: "reasons",
            .both,
            "array and is string"
        ) { _ in .text },
        RefusedEdit(
            "a deep member becomes needed",
            "user-batch",
            "properties/users/items/required",
            at: "users[].email",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("email"))
        },
        RefusedEdit(
            "the values of a map change",
            ContractEdit.idp,
            "properties/extendedFields/items/properties/titles/additionalProperties",
            at: "extendedFields[].titles{}",
            .both,
            "string and is integer"
        ) { _ in
            .wholeNumber
        },
        RefusedEdit(
            "unknown members are refused",
            "run-started",
            "additionalProperties",
            at: "",
            .presentReader,
            "are refused now"
        ) { _ in .boolean(false) },
    ]
}
