// Which span or context is current in each runspace.
// Not in native thread-locals: a host may run every pipeline of a runspace on another thread.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace Vigie
{
    /// <summary>A place on a runspace's stack: what Scope.Enter gives and Scope.Leave takes.</summary>
    public sealed class Frame
    {
        internal ulong Handle;
        internal Span Span;
        // Keeps the context's handle alive as long as the frame is.
        internal Context Context;
    }

    internal sealed class ContextStack
    {
        private static readonly ConditionalWeakTable<Runspace, ContextStack> Stacks = new ConditionalWeakTable<Runspace, ContextStack>();
        // A thread mostly serves one runspace: the table is asked when it changes.
        [ThreadStatic]
        private static Runspace lastRunspace;
        [ThreadStatic]
        private static ContextStack lastStack;

        private readonly List<Frame> frames = new List<Frame>();

        // The runspace's list of errors, newest first: one object for its life.
        internal IList Errors { get; set; }

        internal static ContextStack Current()
        {
            Runspace runspace = Runspace.DefaultRunspace;
            if (lastStack == null || !ReferenceEquals(runspace, lastRunspace))
            {
                lastStack = runspace == null ? new ContextStack() : Stacks.GetValue(runspace, delegate { return new ContextStack(); });
                lastRunspace = runspace;
            }
            return lastStack;
        }

        // 0, the process's initial context, when nothing was entered.
        internal static ulong CurrentHandle()
        {
            return Current().Top();
        }

        internal static Span CurrentSpan()
        {
            List<Frame> frames = Current().frames;
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                if (frames[i].Span != null)
                {
                    return frames[i].Span;
                }
            }
            return null;
        }

        // The ambient attributes in force, as JSON text, or null: those of the innermost context.
        internal static string CurrentAttributes()
        {
            List<Frame> frames = Current().frames;
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                if (frames[i].Context != null)
                {
                    return frames[i].Context.Attributes;
                }
            }
            return null;
        }

        internal ulong Top()
        {
            return frames.Count == 0 ? 0 : frames[frames.Count - 1].Handle;
        }

        internal Frame Push(ulong handle, Span span, Context context)
        {
            var frame = new Frame { Handle = handle, Span = span, Context = context };
            frames.Add(frame);
            return frame;
        }

        // Takes away the frame and what was left above it: a stopped pipeline may have skipped its ends.
        internal void Pop(Frame frame)
        {
            int place = frames.LastIndexOf(frame);
            if (place >= 0)
            {
                frames.RemoveRange(place, frames.Count - place);
            }
        }

        internal void Pop(Span span)
        {
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                if (ReferenceEquals(frames[i].Span, span))
                {
                    frames.RemoveRange(i, frames.Count - i);
                    return;
                }
            }
        }
    }
}
