import Testing
import Traces

/// `traceparent` as W3C's Trace Context says it (level 1, §3.2).
struct TraceContextTests {
    private static let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("a header is read and written as it is")
    func header() throws {
        let context = try #require(TraceContext(Self.header))
        #expect(context.description == Self.header)
        #expect(context.isSampled)
        #expect(try #require(TraceContext(Self.header.dropLast(2) + "00")).isSampled == false)
    }

    @Test(
        "what is no header is refused",
        arguments: [
            "", "00", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-+1",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ]
    )
    func refused(_ text: String) {
        #expect(TraceContext(text) == nil)
    }

    @Test("a child is another span of the same trace, exported if its parent is")
    func child() throws {
        for flags in ["00", "01"] {
            let context = try #require(TraceContext(Self.header.dropLast(2) + flags))
            let child = context.child()
            #expect(child.traceID == context.traceID)
            #expect(child.spanID != context.spanID)
            #expect(child.isSampled == context.isSampled)
        }
    }

    @Test("within a span the current context is the span's, and outside of one a trace begins")
    func current() async {
        let outside = TraceContext.current
        await TraceSpan.during("outer") { outer in
            #expect(TraceContext.current == outer.context)
            #expect(outer.context.traceID != outside.traceID)
            await TraceSpan.during("inner") { inner in
                #expect(inner.parent == outer.context)
                #expect(inner.context.traceID == outer.context.traceID)
            }
        }
    }
}
