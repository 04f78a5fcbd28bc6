import Foundation
import HummingbirdTesting
import Testing

@testable import Console

/// The page on which departments are chosen.
@Suite(.timeLimit(.minutes(5)))
struct ScopeTests {
    private static let path = "/idps/\(Sample.idp)/scope"

    private func nodes(_ depths: [Int]) -> [DepartmentTree.Node] {
        depths.enumerated().map { .init(id: $0.offset + 1, name: "d", depth: $0.element, people: 1) }
    }

    private func branches(_ depths: [Int], chosen: Set<Int> = []) throws -> [ScopeBranch] {
        let texts = try #require(try Texts.load()[.english])
        return ScopeTree(chosen: chosen, isFixed: false, texts: texts).branches(of: nodes(depths)[...])
    }

    private func ids(_ branches: [ScopeBranch]) -> [Int] {
        branches.flatMap { [$0.id] + ids($0.below?.branches ?? []) }
    }

    @Test("departments stand below those that they belong to")
    func nesting() throws {
        let branches = try branches([0, 1, 2, 1, 0])
        #expect(branches.map(\.id) == [1, 5])
        #expect(branches[0].below?.branches.map(\.id) == [2, 4])
        #expect(branches[0].below?.branches[0].below?.branches.map(\.id) == [3])
        #expect(branches[1].below == nil)
    }

    @Test("the top is open, and whatever has something chosen below it")
    func opening() throws {
        let closed = try branches([0, 1, 2, 1, 2])
        #expect(closed[0].isOpen && closed[0].below?.branches.map(\.isOpen) == [false, false])
        let open = try branches([0, 1, 2, 1, 2], chosen: [3])
        #expect(open[0].below?.branches.map(\.isOpen) == [true, false])
    }

    @Test("a tree that is deeper than any has all its departments")
    func depth() throws {
        #expect(ids(try branches(Array(0..<500))) == Array(1...500))
    }

    @Test("each department is there once with its people, and opens without a script")
    func page() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let text = try await browser.get(Self.path).text
            let boxes = text.matches(of: /name="department" value="(\d+)"/).map { String($0.1) }
            #expect(boxes == ["1", "2", "3", "4"])
            let counts = text.matches(of: /<span class="count">(\d+)</).map { String($0.1) }
            #expect(counts == ["6", "3", "1", "0"])
            #expect(text.matches(of: /<details open>/).count == 1 && text.matches(of: /<details>/).count == 1)
            #expect(text.matches(of: /<ul>|<li[ >]/).count == text.matches(of: /<\/ul>|<\/li>/).count)
        }
    }

    @Test("what was ticked is ticked and seen when the form is shown again")
    func again() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get(Self.path).formToken
            let fields = ["kind": "departments", "department": "4", "version": "2"]
            let text = try await browser.post(Self.path, fields, token: token).text
            #expect(text.matches(of: /<details open>/).count == 2)
            #expect(text.contains(/value="4" checked/))
        }
    }
}
