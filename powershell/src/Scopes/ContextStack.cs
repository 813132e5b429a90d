// Knows which span or context is current in each runspace. The library's own thread-locals cannot know it, because a
// host may run each pipeline of a runspace on another thread.
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
        // The span or the context that was entered. Holding it keeps its handle valid.
        internal object Entered;

        // Whether it is a span that has ended.
        internal bool IsOver()
        {
            var entered = Entered as IEntered;
            return entered != null && entered.IsOver;
        }
    }

    internal sealed class ContextStack
    {
        private static readonly ConditionalWeakTable<Runspace, ContextStack> Stacks = new ConditionalWeakTable<Runspace, ContextStack>();
        // A thread mostly serves one runspace, so its stack is remembered and the table is asked only after a change.
        [ThreadStatic]
        private static Runspace lastRunspace;
        [ThreadStatic]
        private static ContextStack lastStack;

        private readonly List<Frame> frames = new List<Frame>();

        // The runspace's $Error, newest first. It is one and the same object as long as the runspace lives.
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

        // 0, which is the process's initial context, when nothing was entered.
        internal static ulong CurrentHandle()
        {
            return Current().Top();
        }

        // The innermost open span, or context, that was entered in this runspace; null when there is none.
        internal static T Innermost<T>() where T : class
        {
            List<Frame> frames = Current().frames;
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                T entered = frames[i].Entered as T;
                if (entered != null && !frames[i].IsOver())
                {
                    return entered;
                }
            }
            return null;
        }

        internal ulong Top()
        {
            // Mostly the last one: a span that ended elsewhere, in another runspace for one, is not current any more.
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                if (!frames[i].IsOver())
                {
                    return frames[i].Handle;
                }
            }
            return 0;
        }

        internal Frame Push(ulong handle, object entered)
        {
            var frame = new Frame { Handle = handle, Entered = entered };
            frames.Add(frame);
            return frame;
        }

        // Removes the frame and all above it: a stopped pipeline may have skipped the ends of inner ones.
        internal void Pop(Frame frame)
        {
            int place = frames.LastIndexOf(frame);
            if (place >= 0)
            {
                frames.RemoveRange(place, frames.Count - place);
            }
        }

        // The same for the frame of a span.
        internal void PopEntered(object entered)
        {
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                if (ReferenceEquals(frames[i].Entered, entered))
                {
                    frames.RemoveRange(i, frames.Count - i);
                    return;
                }
            }
        }
    }
}
